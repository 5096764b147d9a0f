/**
 * Games of two that go on while their platform is replaced: some turns come since both players are done, the others since the
 * schedule's time has come.
 */
import { isConflict } from "@galaxy/client/ClientError"
import type { GalaxyClient } from "@galaxy/client/GalaxyClient"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { UserId } from "@galaxy/contract/ids/Ids"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { newGame } from "./takeOver.ts"

/** One of the two. */
export interface GamePlayer {
  readonly userId: UserId
  readonly client: GalaxyClient
}

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

/** A turn that isn't there after so many milliseconds is lost, on a machine that is busy with other things too. */
const patienceMs = 600_000

/** Between two turns, in milliseconds. */
const betweenMs = 100

/** Makes a call again as long as it isn't answered. */
type Again = <A, E extends { readonly _tag: string }>(call: Effect.Effect<A, E>) => Effect.Effect<A, E>

/** Starts the game of these two, and returns how they play it. */
export const start = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  again: Again,
  players: readonly [GamePlayer, GamePlayer],
  races: readonly [string, string]
) {
  const game_id = yield* newGame(players[0].client, players[1].client, races)
  const turnOf = Effect.map(again(players[0].client.call("lobby.games.get", { game_id })), (it) =>
    it.status === "running" ? (it.current_turn ?? -1) : -1
  )
  const until = (turn: number) =>
    Effect.gen(function* () {
      const deadline = performance.now() + patienceMs
      while ((yield* turnOf) < turn) {
        if (performance.now() > deadline) return yield* Effect.die(new Error(`${game_id}: turn ${turn} isn't made`))
        yield* pause(20)
      }
    })
  yield* until(0)

  /** The name that a race gives to a planet in the turn; no other planet has it. */
  const nameOf = (race: string, turn: number) => `${race}_${turn}`

  /** Orders for the turn that is open. What was ordered for the one before must have been carried out. */
  const ordered = Effect.fnUntraced(function* ({ client }: GamePlayer, turn: number) {
    const report = yield* again(client.call("user.games.report", { game_id, turn }))
    assert.strictEqual(report.turn, turn)
    const [planet] = report.my_planets.toSorted((one, other) => one.number - other.number)
    if (planet === undefined) return yield* Effect.die(new Error(`${game_id}: ${report.race} has no planet`))
    if (turn > 0)
      assert.strictEqual(planet.name, nameOf(report.race, turn - 1), `${game_id}: orders of turn ${turn - 1}`)
    const orders = [{ op: "rename_planet", planet: planet.number, name: nameOf(report.race, turn) }] as const
    const answer = yield* again(client.call("user.games.order", { game_id, turn, orders }))
    assert.deepStrictEqual(answer.orders, orders)
    assert.deepStrictEqual(answer.verdicts, [{ position: 0, accepted: true }])
  })

  /** It is done with the turn. Where the answer is lost, the turn may be made already when the call is made again. */
  const done = ({ client }: GamePlayer, turn: number) =>
    Effect.suspend(() => {
      let times = 0
      const call = Effect.suspend(() => {
        times += 1
        return client.call("user.games.ready", { game_id, turn, ready: true })
      })
      return again(call).pipe(
        Effect.catchIf(
          (error) => times > 1 && (isConflict(error, "turn_closed") || isConflict(error, "generating")),
          () => Effect.void
        )
      )
    })

  const comesDue = Effect.andThen(
    sql`UPDATE backend.runtime_records SET next_turn_at = now() WHERE game_id = ${game_id}`,
    sql`SELECT pg_notify('galaxy_runtime', '')`
  )

  /** Plays until it is over, and returns how many turns were made and how long the longest took, in milliseconds. */
  const play = Effect.fnUntraced(function* (isOver: () => boolean) {
    let turn = 0
    let longestMs = 0
    while (!isOver()) {
      for (const player of players) yield* ordered(player, turn)
      const begun = performance.now()
      if (turn % 2 === 0) yield* Effect.forEach(players, (player) => done(player, turn), { discard: true })
      else yield* comesDue
      turn += 1
      yield* until(turn)
      longestMs = Math.max(longestMs, performance.now() - begun)
      yield* pause(betweenMs)
    }
    for (const player of players) yield* ordered(player, turn)
    return { turns: turn, longestMs }
  })

  /**
   * So many turns were made: each of them was logged once and told once to each player, in order. The game has gone from one
   * backend to the other meanwhile.
   */
  const check = Effect.fnUntraced(function* (turns: number) {
    const [row] = yield* sql<{ epoch: number }>`
      SELECT engine_epoch AS epoch FROM backend.runtime_records WHERE game_id = ${game_id}`
    assert.isAbove(row?.epoch ?? 0, 1, `${game_id}: runs of its engine`)
    const wanted = Array.from({ length: turns }, (_, at) => at + 1)
    const logged = yield* sql<{ turn: number }>`
      SELECT turn FROM backend.runtime_operation_log
      WHERE game_id = ${game_id} AND op = 'turn' AND status = 'succeeded' ORDER BY started_at, operation_id`
    assert.deepStrictEqual(
      logged.map((it) => it.turn),
      wanted,
      `${game_id}: turns in the log`
    )
    for (const { userId } of players) {
      const told = yield* sql<{ payload: Uint8Array }>`
        SELECT payload FROM backend.push_events
        WHERE user_id = ${userId} AND kind = 'game.turn.ready' ORDER BY sequence`
      assert.deepStrictEqual(
        told
          .map((it) => codec.decode(tables, "galaxy.push.GameTurnReady", it.payload))
          .filter((it) => it["game_id"] === game_id)
          .map((it) => it["turn"]),
        wanted,
        `${game_id}: turns in a player's events`
      )
    }
  })

  return { gameId: game_id, players, play, check }
})
