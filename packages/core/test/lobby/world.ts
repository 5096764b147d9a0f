/** Games over HTTP on a whole backend: what tests of the lobby's surfaces have in common. */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { type As, type Call, user, version } from "../http/platform.ts"
import { notices } from "./fixture.ts"

export const lobby = "/api/v1/user/lobby"
export const admin = "/api/v1/admin"

export const newGame = {
  game_name: "Orion Arm",
  min_players: 2,
  max_players: 4,
  turn_schedule: "0 18 * * *",
  engine_version: version
}

/** A private game of two members, the owner being one, at its first step. */
export const drafted = (call: Call, change: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const [owner, guest] = yield* Effect.all([user, user])
    const made = yield* call(owner, "POST", `${lobby}/games`, { ...newGame, race_name: "Vega", ...change })
    const path = `${lobby}/games/${made.body.game_id}`
    const invite = yield* call(owner, "POST", `${path}/invites`, { invited_user_id: guest.user })
    const join = Effect.flatMap(
      call(guest, "POST", `${path}/invites/${invite.body.invite_id}/redeem`, { race_name: "Lyra" }),
      (it) => (it.status === 200 ? Effect.void : Effect.die(new Error(JSON.stringify(it.body))))
    )
    const step = (action: string, as: As = owner) => call(as, "POST", `${path}/${action}`)
    const game = Effect.map(call(owner, "GET", path), (it) => it.body)
    return { id: made.body.game_id as GameId, made: made.body, path, owner, guest, join, step, game }
  })

/** The same, ready to start. */
export const ready = (call: Call, change: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const it = yield* drafted(call, change)
    yield* it.step("open-enrollment")
    yield* it.join
    yield* it.step("ready-to-start")
    return it
  })

/** Lets the runtime do what is due. */
export const work = (gameId: GameId) => Effect.flatMap(Runtimes, (runtimes) => runtimes.reconcile(gameId))

/** The same, running. */
export const running = (call: Call, change: Readonly<Record<string, unknown>> = {}) =>
  Effect.gen(function* () {
    const it = yield* ready(call, change)
    yield* it.step("start")
    yield* work(it.id)
    return it
  })

/** The kinds of events that a user was told, in order. */
export const told = (who: { readonly user: UserId }) => Effect.map(notices(who.user), (all) => all.map((it) => it.kind))

/** The runtime's row of a game. */
export const runtimeOf = (gameId: GameId) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.map(
      sql<{
        readonly status: string
        readonly current_turn: number
        readonly seed: string
        readonly paused: boolean
        readonly engine_version: string
      }>`SELECT status, current_turn, seed, paused, engine_version FROM backend.runtime_records WHERE game_id = ${gameId}`,
      (rows) => rows[0]
    )
  )
