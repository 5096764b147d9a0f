/** Games on the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { audited, sameAsBefore } from "../../audit/Audited.ts"
import { EngineHost } from "../../engine/EngineHost.ts"
import { EngineVersions } from "../../engine/EngineVersions.ts"
import { errors as engineErrors } from "../../engine/http/errors.ts"
import { errors as raceNameErrors } from "../../race-name/http/errors.ts"
import { errors as runtimeErrors } from "../../runtime/http/errors.ts"
import { runOf } from "../../runtime/engineSpec.ts"
import { OperationLog } from "../../runtime/OperationLog.ts"
import { RuntimeStore } from "../../runtime/RuntimeStore.ts"
import { newest } from "../../shared/Page.ts"
import { RequestId } from "../../shared/http/RequestId.ts"
import { type ErrorTable, own, toApiWith } from "../../shared/http/errors.ts"
import { type BannedUserUnknown, Bans } from "../Bans.ts"
import { AdminGames, auditView, type ReasonMissing } from "../game/AdminGames.ts"
import { ComputerSeats } from "../game/ComputerSeats.ts"
import type { Actor } from "../game/GameAccess.ts"
import type { Created } from "../game/GameEditing.ts"
import { GameSteps } from "../game/GameSteps.ts"
import type { Game } from "../game/GameStore.ts"
import { errors as gameErrors } from "../game/http/errors.ts"
import { Attendance } from "../membership/Attendance.ts"
import { MemberRecords } from "../membership/MemberRecords.ts"
import { explain } from "../why.ts"

const errors: ErrorTable<BannedUserUnknown | ReasonMissing> = {
  BannedUserUnknown: ["not_found", own],
  ReasonMissing: ["invalid_request", own]
}

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...raceNameErrors, ...runtimeErrors, ...errors })

/** Operations among which the last turn is looked for. */
const recentOperations = 20

/** How long the engine host is waited for. */
const hostPatience = "3 seconds"

interface StepRequest {
  readonly params: { readonly game_id: GameId }
  readonly payload: { readonly reason?: string } | null
}

/** Handlers of `AdminApi`'s group `adminGames`. */
export const games = HttpApiBuilder.group(
  AdminApi,
  "adminGames",
  Effect.fnUntraced(function* (handlers) {
    const games = yield* AdminGames
    const steps = yield* GameSteps
    const bans = yield* Bans
    const members = yield* MemberRecords
    const computers = yield* ComputerSeats
    const runtimes = yield* RuntimeStore
    const operations = yield* OperationLog
    const versions = yield* EngineVersions
    const host = yield* EngineHost
    const attendance = yield* Attendance

    /** A mutation of one game, described for the audit log. */
    const mutation = <A, E, R>(
      name: string,
      { params, payload }: StepRequest,
      work: Effect.Effect<A, E, R>,
      { view = games.audited(params.game_id), settles = false } = {}
    ) =>
      audited(
        {
          name: `game.${name}`,
          target: { kind: "game", id: params.game_id },
          reason: payload?.reason,
          view,
          ...(settles ? { unchanged: sameAsBefore } : {})
        },
        work
      )

    /** A step between states. Where the game has the state already, nothing is done. */
    const step =
      <E>(name: string, work: (actor: Actor, gameId: GameId) => Effect.Effect<Game, E>) =>
      (request: StepRequest) =>
        mutation(name, request, work("admin", request.params.game_id), { settles: true })

    return handlers
      .handle("list", ({ query: { cursor, limit, owner_user_id: owner, ...filter } }) =>
        toApi(
          games.list(
            { ...filter, owner },
            { ...(cursor === undefined ? {} : { cursor }), ...(limit === undefined ? {} : { limit }) }
          )
        )
      )
      .handle("create", ({ payload: { reason, ...settings } }) =>
        toApi(
          audited(
            {
              name: "game.create",
              target: ({ game }: Created) => ({ kind: "game", id: game.game_id }),
              reason,
              // A repeat has changed nothing.
              before: ({ game, repeated }: Created) => (repeated ? auditView(game) : null),
              after: ({ game }: Created) => auditView(game),
              unchanged: ({ result }) => result.repeated
            },
            Effect.flatMap(RequestId, (requestId) => games.create(settings, { requestId }))
          ).pipe(Effect.map((it) => it.game))
        )
      )
      .handle("get", ({ params }) => toApi(games.get(params.game_id)))
      .handle("update", (request) => {
        const { reason: _, ...settings } = request.payload
        return toApi(mutation("update", request, games.update(request.params.game_id, settings)))
      })
      .handle("members", ({ params: { game_id } }) =>
        toApi(
          Effect.gen(function* () {
            yield* games.get(game_id)
            const seats = yield* computers.list(game_id)
            return {
              memberships: yield* members.of(game_id),
              computer_players: seats.map((it) => ({ seat: it.seat, race_name: it.raceName }))
            }
          })
        )
      )
      .handle("why", ({ params: { game_id } }) =>
        toApi(
          Effect.gen(function* () {
            const game = yield* games.get(game_id)
            const row = Option.getOrUndefined(yield* runtimes.find(game_id))
            // An engine host that hangs is one of the things that this call is made for.
            const engine = yield* Effect.gen(function* () {
              const run = row === undefined ? undefined : runOf(row)
              if (run !== undefined && Option.isSome(yield* host.inspect(run))) return "running" as const
              return (yield* host.asleep).has(game_id) ? ("asleep" as const) : ("off" as const)
            }).pipe(
              Effect.timeoutOption(hostPatience),
              Effect.map(Option.getOrElse(() => "unknown" as const)),
              Effect.catchTag("EngineHostUnavailable", () => Effect.succeed("unknown" as const))
            )
            return explain({
              game,
              row,
              operations: yield* operations.list(game_id, newest, recentOperations),
              versions: yield* versions.list,
              engine,
              players: row === undefined ? [] : yield* attendance.expected(game_id, row.current_turn),
              now: yield* DateTime.now
            })
          })
        )
      )
      .handle("openEnrollment", (it) => toApi(step("open_enrollment", steps.openEnrollment)(it)))
      .handle("readyToStart", (it) => toApi(step("ready_to_start", steps.readyToStart)(it)))
      .handle("start", (it) => toApi(step("start", steps.start)(it)))
      .handle("pause", (it) => toApi(step("pause", steps.pause)(it)))
      .handle("resume", (it) => toApi(step("resume", steps.resume)(it)))
      .handle("retryStart", (it) => toApi(step("retry_start", steps.retryStart)(it)))
      .handle("cancel", (it) =>
        toApi(mutation("cancel", it, games.cancel(it.params.game_id, it.payload?.reason), { settles: true }))
      )
      .handle("forceStart", (it) =>
        toApi(mutation("force_start", it, steps.forceStart(it.params.game_id, it.payload?.engine_version)))
      )
      .handle("forceStop", (it) => toApi(mutation("force_stop", it, steps.forceStop(it.params.game_id))))
      .handle("banMember", (it) => {
        const [gameId, userId] = [it.params.game_id, it.payload.user_id]
        return toApi(
          mutation("ban_member", it, bans.ban(gameId, userId), { view: bans.audited(gameId, userId), settles: true })
        )
      })
  })
)
