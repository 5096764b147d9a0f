/**
 * The demo's story: two players sign in, form a game and play some turns of it; what must be refused is refused.
 *
 * Everything goes through the real client and real sockets. Only the administrator reaches behind the gateway, to force
 * turns so that nobody has to wait for the schedule.
 */
import * as EventInbox from "@galaxy/client/EventInbox"
import type { Answer } from "@galaxy/client/Calls"
import type { ClientError } from "@galaxy/client/ClientError"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { styleOf } from "@galaxy/engine/bot/style"
import { Data, Effect, Schedule } from "effect"
import { type DemoPlayer, type DemoTarget, signIn } from "./Player.ts"
import type { Progress } from "./Progress.ts"

/** The platform didn't do what it promises. */
export class Broken extends Data.TaggedError("Broken")<{ readonly message: string }> {}

/** A row of the final table: one race after one turn, from its own report. */
export interface TurnLine {
  readonly turn: number
  readonly race: string
  readonly planets: number
  readonly population: number
  readonly industry: number
  readonly ships: number
  readonly drive: number
}

const expect = (holds: boolean, message: string) => (holds ? Effect.void : Effect.fail(new Broken({ message })))

/** Succeeds when the call is refused with this code; an answer or another refusal is a failure. */
const refusedWith = <A>(code: string, call: Effect.Effect<A, ClientError>) =>
  call.pipe(
    Effect.matchEffect({
      onSuccess: () => Effect.fail(new Broken({ message: `expected ${code}, but it was accepted` })),
      onFailure: (error) =>
        error._tag === "CallFailed" && error.code === code
          ? Effect.succeed(code)
          : Effect.fail(new Broken({ message: `expected ${code}, got ${error._tag}: ${error.message}` }))
    })
  )

const forceNextTurn = (platform: DemoTarget, gameId: string) =>
  Effect.tryPromise({
    try: async (signal) => {
      const credentials = Buffer.from(`${platform.adminUser}:${platform.adminPassword}`).toString("base64")
      const response = await fetch(`${platform.backendUrl}/api/v1/admin/runtimes/${gameId}/force-next-turn`, {
        method: "POST",
        headers: { authorization: `Basic ${credentials}`, "content-type": "application/json" },
        body: JSON.stringify({ reason: "the demo goes on" }),
        signal
      })
      if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
    },
    catch: (cause) =>
      new Broken({ message: `force-next-turn: ${cause instanceof Error ? cause.message : String(cause)}` })
  })

const createGame = (progress: Progress, owner: DemoPlayer) =>
  progress.step(
    "Ada creates a private game",
    owner.client.call("lobby.games.create", {
      game_name: "Demo",
      min_players: 2,
      max_players: 4,
      turn_schedule: "0 6 * * *",
      time_zone: "Europe/Berlin"
    }),
    (game) => `${game.status}, turns daily at 6:00 ${game.time_zone}`
  )

const formGame = (
  progress: Progress,
  owner: DemoPlayer,
  guest: DemoPlayer,
  guestEvents: EventInbox.EventInbox,
  gameId: string,
  mark: string
) =>
  Effect.gen(function* () {
    const game = { game_id: gameId }
    yield* progress.step(
      "Starting it now is a conflict",
      refusedWith("conflict", owner.client.call("lobby.games.start", game))
    )
    yield* progress.step("Ada opens enrolment", owner.client.call("lobby.games.open_enrollment", game))
    yield* progress.step(
      "Getting ready without players is a conflict",
      refusedWith("conflict", owner.client.call("lobby.games.ready_to_start", game))
    )
    const guestId = (yield* guest.client.call("user.account.get", {})).user_id
    yield* progress.step(
      "Ada invites Lin by user; Lin gets a signed event",
      Effect.gen(function* () {
        yield* owner.client.call("lobby.invites.issue", { ...game, invited_user_id: guestId })
        const event = yield* guestEvents.next((it) => it.kind === "lobby.invite.received", "the invite")
        const inviteId = event.payload.invite_id
        yield* guest.client.call("lobby.invites.redeem", { ...game, invite_id: inviteId, race_name: `Lyrans${mark}` })
        return event.sequence
      }),
      (sequence) => `event ${sequence}, redeemed as Lyrans${mark}`
    )
    yield* progress.step(
      "Ada joins with a code of her own",
      Effect.gen(function* () {
        const invite = yield* owner.client.call("lobby.invites.issue", game)
        yield* expect(invite.code !== undefined, "a code invite must show its code to the issuer")
        return yield* owner.client.call("lobby.invites.redeem", {
          ...game,
          invite_id: invite.invite_id,
          race_name: `Terrans${mark}`,
          ...(invite.code === undefined ? {} : { code: invite.code })
        })
      }),
      (member) => `as ${member.race_name}`
    )
    yield* progress.step("Ada declares it ready", owner.client.call("lobby.games.ready_to_start", game))
    yield* progress.step(
      "Ada starts it; its engine starts",
      Effect.andThen(
        owner.client.call("lobby.games.start", game),
        owner.client.call("lobby.games.get", game).pipe(
          Effect.repeat({
            until: (it) => it.status !== "starting",
            schedule: Schedule.spaced("50 millis"),
            times: 2_400
          }),
          Effect.tap((it) =>
            expect(it.status === "running", `the game is ${it.status}: ${it.failure_reason ?? "no reason"}`)
          )
        )
      ),
      (it) => it.status
    )
  })

type Report = Answer<"user.games.report">

/** Enough to see ships built and planets settled. */
export const turns = 8

/** Computer players give the orders: each reads its own player's report and nothing else. */
const orderTurn = (player: DemoPlayer, gameId: string, turn: number) =>
  Effect.gen(function* () {
    const report = yield* player.client.call("user.games.report", { game_id: gameId, turn })
    const answer = yield* player.client.call("user.games.order", {
      game_id: gameId,
      turn,
      orders: botOrders(report, styleOf(report.race, "fair", "builder"))
    })
    const accepted = answer.verdicts.filter((it) => it.accepted).length
    yield* expect(accepted > 0, `all orders of ${player.name} were refused: ${JSON.stringify(answer.verdicts)}`)
    return accepted
  })

const lineOf = (turn: number, report: Report): TurnLine => {
  const me = report.players.find((it) => it.name === report.race)
  return {
    turn,
    race: report.race,
    planets: me?.planets ?? 0,
    population: me?.population ?? 0,
    industry: me?.industry ?? 0,
    ships: report.my_groups.reduce((sum, it) => sum + it.ships, 0),
    drive: me?.drive ?? 0
  }
}

const playTurns = (
  progress: Progress,
  platform: DemoTarget,
  seats: ReadonlyArray<{ readonly player: DemoPlayer; readonly events: EventInbox.EventInbox }>,
  gameId: string
) =>
  Effect.gen(function* () {
    const lines: Array<TurnLine> = []
    for (let turn = 1; turn <= turns; turn++) {
      yield* progress.step(
        `Orders for turn ${turn}`,
        Effect.forEach(seats, ({ player }) => orderTurn(player, gameId, turn - 1), { concurrency: 2 }),
        (counts) => `${counts.join(" and ")} accepted`
      )
      yield* progress.step(
        `Turn ${turn} is made, both players are notified once`,
        Effect.gen(function* () {
          yield* forceNextTurn(platform, gameId)
          for (const { player, events } of seats) {
            const event = yield* events.next((it) => it.kind === "game.turn.ready", `turn ${turn}`)
            yield* expect(
              event.payload.turn === turn,
              `${player.name} was notified of turn ${JSON.stringify(event.payload)} instead of ${turn}`
            )
            const report = yield* player.client.call("user.games.report", { game_id: gameId, turn })
            lines.push(lineOf(turn, report))
          }
        })
      )
    }
    const [first] = seats
    if (first !== undefined) {
      yield* progress.step(
        "A late order, for turn 1, is refused",
        refusedWith("conflict", first.player.client.call("user.games.order", { game_id: gameId, turn: 0, orders: [] }))
      )
    }
    return lines
  })

const revokeMidStream = (progress: Progress, player: DemoPlayer, events: EventInbox.EventInbox, gameId: string) =>
  progress.step(
    "Lin's session is revoked mid-stream",
    Effect.gen(function* () {
      const session = player.client.deviceSessionId
      yield* player.client.call("user.sessions.revoke", { device_session_id: session })
      const end = yield* events.ended
      yield* expect(end === "SessionEnded", `the stream ended with ${end}`)
      const next = yield* Effect.flip(
        Effect.andThen(
          player.client.call("lobby.games.get", { game_id: gameId }),
          Effect.fail(new Broken({ message: "a revoked session still answers" }))
        )
      )
      yield* expect(next._tag === "SessionEnded", `the next request ended with ${next._tag}`)
    }),
    () => "stream closed, next request refused"
  )

/**
 * Plays the whole story and returns the rows of the table. Fails at the first step that isn't as promised. `mark` ends the
 * names of players and races, where others may have played it before.
 */
export const play = (progress: Progress, platform: DemoTarget, mark = "") =>
  Effect.scoped(
    Effect.gen(function* () {
      const enter = (name: string, gatewayUrl: string) =>
        progress.step(
          `${name} signs in with the code from the mail`,
          signIn({ ...platform, gatewayUrl }, name, `${name.toLowerCase()}${mark}@example.org`)
        )
      const ada = yield* enter("Ada", platform.gatewayUrl)
      const lin = yield* enter("Lin", platform.secondGatewayUrl ?? platform.gatewayUrl)
      const adaEvents = yield* EventInbox.open(ada.client, ada)
      const linEvents = yield* EventInbox.open(lin.client, lin)
      const game = yield* createGame(progress, ada)
      yield* formGame(progress, ada, lin, linEvents, game.game_id, mark)
      const lines = yield* playTurns(
        progress,
        platform,
        [
          { player: ada, events: adaEvents },
          { player: lin, events: linEvents }
        ],
        game.game_id
      )
      yield* revokeMidStream(progress, lin, linEvents, game.game_id)
      return lines
    })
  )
