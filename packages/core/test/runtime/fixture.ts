/** The runtime at work on a real database, with a clock that tests move and engines of the test's choice. */
import type { CreateGame } from "@galaxy/contract/api/UserLobby"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import type { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as EngineTokens from "@galaxy/core/engine/EngineTokens"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import * as Play from "@galaxy/core/play/Play"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import * as RuntimeConfig from "@galaxy/core/runtime/RuntimeConfig"
import type { RuntimeRow } from "@galaxy/core/runtime/RuntimeRow"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import * as StateVault from "@galaxy/core/runtime/vault/StateVault"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import * as MovableClock from "@galaxy/testkit/MovableClock"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { type Duration, Effect, Layer, Logger, Option, Redacted } from "effect"
import type { HttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { join, lobbyOn, notices, openGame, player } from "../lobby/fixture.ts"

/** The version that tests' games ask for, and its image. */
export const version = "0.1.0"
export const image = `builtin:${version}`

const registered = Layer.effectDiscard(
  Effect.flatMap(EngineVersions, (versions) => Effect.orDie(versions.register(version, image)))
)

export const settings: RuntimeConfig.RuntimeOptions = {
  pollInterval: "1 second",
  firstBackoff: "50 millis",
  // Tests move the clock by days: that is no outage, and ends nobody in the middle of work.
  moveAfterOutage: false,
  ownerIdleTime: "100000 days",
  startAttempts: 3
}

const secret = Redacted.make(new Uint8Array(32).fill(5))

/** Where games' states are kept; with their engines alone when absent. */
type States = Layer.Layer<StateVault.StateVault, never, SqlClient.SqlClient>

type Engines<A> = Layer.Layer<EngineHost | HttpClient.HttpClient | A>

/** The runtime's surroundings, down to the database. */
const under = <E, A>(
  database: Layer.Layer<Database, E>,
  engines: Engines<A>,
  change: RuntimeConfig.RuntimeOptions,
  states: States
) =>
  Layer.mergeAll(registered, EngineTokens.layer({ secret }), states).pipe(
    Layer.provideMerge(lobbyOn(database)),
    Layer.provideMerge(engines),
    Layer.provideMerge(RuntimeCluster.layerSingle),
    Layer.provideMerge(RuntimeConfig.layer({ ...settings, ...change })),
    // Failures that tests cause are nobody's news.
    Layer.provideMerge(Layer.mergeAll(MovableClock.layer, BackgroundLoops.layer, Logger.layer([])))
  )

/** Lobby and runtime without anybody at work: what is due happens when a test asks for it. */
export const runtimeOn = <E, A>(
  database: Layer.Layer<Database, E>,
  engines: Engines<A>,
  change: RuntimeConfig.RuntimeOptions = {},
  states: States = StateVault.layerNone
) => Layer.provideMerge(Play.layer().pipe(Layer.provideMerge(Runtime.layer)), under(database, engines, change, states))

/** The same at work. */
export const atWorkOn = <E, A>(
  database: Layer.Layer<Database, E>,
  engines: Engines<A>,
  change: RuntimeConfig.RuntimeOptions = {},
  states: States = StateVault.layerNone
) =>
  Layer.provideMerge(
    Play.layer().pipe(Layer.provideMerge(Runtime.layerAtWork)),
    under(database, engines, change, states)
  )

/** A game of two whose start is queued: its turns come at six in the evening. */
export const startingGame = (change: Partial<typeof CreateGame.Type> = {}) =>
  Effect.gen(function* () {
    const games = yield* Games
    const [owner, guest] = yield* Effect.all([player, player])
    const { game_id } = yield* openGame(owner, {
      turn_schedule: "0 18 * * *",
      time_zone: "UTC",
      engine_version: version,
      ...change
    })
    yield* join(owner, game_id, owner, "Vega")
    yield* join(owner, game_id, guest, "Lyra")
    yield* games.readyToStart(owner, game_id)
    yield* games.start(owner, game_id)
    return { gameId: game_id, owner, guest, game: games.get(owner, game_id) }
  })

export const row = (gameId: GameId) =>
  Effect.flatMap(RuntimeStore, (store) => Effect.map(store.find(gameId), Option.getOrThrow))

/** Only what hangs takes this long, on a machine that is busy with other things too. */
const patienceMs = 120_000

/** Waits, in real time, until the game's row is as wanted. */
export const until = (gameId: GameId, wanted: (row: RuntimeRow) => boolean, what: string) =>
  Effect.gen(function* () {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const now = yield* row(gameId)
      if (wanted(now)) return now
      if (performance.now() > deadline) {
        return yield* Effect.die(
          new Error(`not ${what}: ${now.status}, turn ${now.current_turn}, ${now.failure_reason}`)
        )
      }
      yield* Effect.promise(() => new Promise((done) => setTimeout(done, 10)))
    }
  })

export const untilRunning = (gameId: GameId) => until(gameId, (it) => it.status === "running", "running")

export const untilTurn = (gameId: GameId, turn: number) =>
  until(gameId, (it) => it.status !== "generation_in_progress" && it.current_turn >= turn, `at turn ${turn}`)

export const advance = (by: Duration.Input) =>
  Effect.flatMap(MovableClock.MovableClockService, (clock) => clock.advance(by))

/** Turns that the player was told of, in order. */
export const turnsTold = (user: UserId) =>
  Effect.map(notices(user), (all) => all.filter((it) => it.kind === "game.turn.ready").map((it) => it.payload["turn"]))

export interface Operation {
  readonly op: string
  readonly status: string
  readonly turn: number | null
  readonly error: string | null
}

export const operations = (gameId: GameId) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql<Operation>`
      SELECT op, status, turn, error FROM backend.runtime_operation_log
      WHERE game_id = ${gameId} ORDER BY started_at, operation_id`
  )
