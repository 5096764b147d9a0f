/**
 * A backend's games in a process that ends itself by SIGKILL at a named point: the fixture of the kill tests.
 *
 * It makes a game of two on its first run, takes up what is there on any other, and prints one JSON line per event. Told to
 * stop (its standard input closes), it prints what it finds in the database and ends.
 */
import { writeSync } from "node:fs"
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import { UserId } from "@galaxy/contract/ids/Ids"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import * as Lobby from "@galaxy/core/lobby/Lobby"
import * as LobbyConfig from "@galaxy/core/lobby/game/LobbyConfig"
import { RuntimeEvents } from "@galaxy/core/runtime/RuntimeEvents"
import * as MailOutbox from "@galaxy/core/mail/MailOutbox"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as Notifications from "@galaxy/core/notification/Notifications"
import * as Limits from "@galaxy/core/standing/Limits"
import * as Standing from "@galaxy/core/standing/Standing"
import * as PushLog from "@galaxy/core/push/PushLog"
import * as Directory from "@galaxy/core/race-name/Directory"
import * as EngineClient from "@galaxy/core/engine/EngineClient"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as EngineTokens from "@galaxy/core/engine/EngineTokens"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import * as Backends from "@galaxy/core/runtime/Backends"
import * as EngineHosts from "@galaxy/core/runtime/EngineHosts"
import * as Runtime from "@galaxy/core/runtime/Runtime"
import * as RuntimeCluster from "@galaxy/core/runtime/RuntimeCluster"
import * as RuntimeConfig from "@galaxy/core/runtime/RuntimeConfig"
import * as RuntimeScheduler from "@galaxy/core/runtime/RuntimeScheduler"
import * as Runtimes from "@galaxy/core/runtime/Runtimes"
import * as Heartbeats from "@galaxy/core/runtime/Heartbeats"
import * as HealthLog from "@galaxy/core/runtime/HealthLog"
import * as OperationLog from "@galaxy/core/runtime/OperationLog"
import * as SeatOrders from "@galaxy/core/runtime/SeatOrders"
import * as TurnCommits from "@galaxy/core/runtime/TurnCommits"
import * as StateVault from "@galaxy/core/runtime/vault/StateVault"
import * as RuntimeStore from "@galaxy/core/runtime/RuntimeStore"
import * as BackgroundLoops from "@galaxy/core/shared/BackgroundLoops"
import { newId } from "@galaxy/core/shared/NewId"
import * as ChildProcessEngineHost from "@galaxy/host-node/engine-host/ChildProcessEngineHost"
import { builtinImage, builtinVersion } from "@galaxy/host-node/engine-host/EngineProgram"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Effect, Layer, Logger, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { SqlClient } from "effect/sql"

const env = (name: string): string => process.env[name] ?? ""
const killAt = env("KILL_AT")
const turnWanted = Number(env("KILL_TURN") || "0")

const say = (event: string, more: object = {}): void => {
  writeSync(1, `${JSON.stringify({ event, ...more })}\n`)
}

/** Ends this process where it is, if it is the point it was told to. */
const point = (name: string) =>
  Effect.sync(() => {
    if (name !== killAt) return
    say("killed", { at: name })
    process.kill(process.pid, "SIGKILL")
    // Nothing more may happen until the signal arrives.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
  })

const database = () => {
  const at = env("KILL_DATABASE")
  const opened = at.startsWith("postgres:") ? Postgres.layer({ url: at }) : Pglite.layer({ dataDir: at })
  return Migrations.layer.pipe(Layer.provideMerge(PgDatabaseSignal.layer), Layer.provideMerge(opened), Layer.orDie)
}

const engineHost = Layer.effect(
  EngineHost,
  Effect.map(EngineHost, (host) =>
    EngineHost.of({
      ...host,
      start: (spec) =>
        point("before the engine starts").pipe(
          Effect.andThen(host.start(spec)),
          Effect.tap(() => point("the engine has started"))
        )
    })
  )
).pipe(Layer.provide(ChildProcessEngineHost.layer({ dataDir: env("KILL_DATA_DIR") })))

const engineClient = Layer.effect(
  EngineClient.EngineClient,
  Effect.map(EngineClient.EngineClient, (client) =>
    EngineClient.EngineClient.of({
      ...client,
      health: (engine) => Effect.tap(client.health(engine), () => point("the engine is healthy")),
      init: (engine, request) => Effect.tap(client.init(engine, request), () => point("the galaxy is made")),
      turn: Effect.fnUntraced(function* (engine, turn) {
        yield* point("the window is closed")
        if (killAt === "the turn is being made") {
          yield* Effect.forkChild(Effect.andThen(Effect.sleep("2 millis"), point(killAt)))
        }
        const status = yield* client.turn(engine, turn)
        yield* point("the turn is made")
        return status
      })
    })
  )
).pipe(Layer.provide(EngineClient.layer))

/** Inside the transactions, before they commit. */
const hooks = Layer.effect(
  RuntimeEvents,
  Effect.map(RuntimeEvents, (hooks) =>
    RuntimeEvents.of({
      ...hooks,
      onSnapshot: (snapshot) =>
        Effect.tap(hooks.onSnapshot(snapshot), () => {
          if (snapshot.advanced) return point("before the turn is committed")
          if (snapshot.runtimeStatus === "running") return point("before running is committed")
          return point("before the cutoff is committed")
        }),
      onSnapshots: (all) =>
        Effect.tap(hooks.onSnapshots(all), () =>
          all.some((it) => it.advanced)
            ? point("before the turn is committed")
            : point("before the cutoff is committed")
        )
    })
  )
)

const parts = Layer.mergeAll(
  MailOutbox.layer({ messageIdDomain: "galaxy.test" }),
  PushLog.layer(),
  Standing.layer,
  Limits.layer
).pipe(Layer.provide(SecretBox.layer({ secret: Redacted.make(new Uint8Array(32)) })))

const lobby = Layer.mergeAll(Lobby.layer, hooks.pipe(Layer.provideMerge(Lobby.layerForRuntime))).pipe(
  Layer.provide(LobbyConfig.layer()),
  Layer.provideMerge(Runtime.layerForLobby),
  Layer.provideMerge(Directory.layer()),
  Layer.provideMerge(Notifications.layer()),
  Layer.provideMerge(parts)
)

const runtime = RuntimeScheduler.layer.pipe(
  Layer.provideMerge(Runtimes.layer),
  Layer.provideMerge(TurnCommits.layer),
  Layer.provideMerge(
    Layer.mergeAll(
      RuntimeStore.layer,
      SeatOrders.layer,
      OperationLog.layer,
      HealthLog.layer,
      Heartbeats.layer,
      Backends.layer,
      EngineHosts.layer.pipe(Layer.provide(engineHost)),
      engineClient,
      engineHost,
      EngineTokens.layer({ secret: Redacted.make(new Uint8Array(32)) })
    )
  ),
  Layer.provide([
    BackgroundLoops.layer,
    RuntimeCluster.layerSingle,
    FetchHttpClient.layer,
    RuntimeConfig.layer({ startAttempts: 20, firstBackoff: "50 millis", pollInterval: "500 millis" })
  ])
)

const account = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const id = UserId.make(yield* newId)
  yield* sql`
    INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone)
    VALUES (${id}, ${`${id}@example.org`}, ${id}, 'en', 'UTC')`
  return id
})

/** A game of two that is about to start; its schedule never comes due by itself while a test runs. */
const newGame = Effect.gen(function* () {
  const games = yield* Games
  const invites = yield* Invites
  yield* (yield* EngineVersions).register(builtinVersion, builtinImage)
  const [owner, guest] = yield* Effect.all([account, account])
  const game = yield* games.create(owner, {
    game_name: "Orion Arm",
    min_players: 2,
    max_players: 2,
    turn_schedule: "0 0 29 2 *",
    time_zone: "UTC"
  })
  yield* games.openEnrollment(owner, game.game_id)
  for (const [user, name] of [
    [owner, "Vega"],
    [guest, "Lyra"]
  ] as const) {
    const invite = yield* invites.issue(owner, game.game_id, { invited_user_id: user })
    yield* invites.redeem(user, game.game_id, invite.invite_id, { race_name: name })
  }
  yield* games.readyToStart(owner, game.game_id)
  yield* games.start(owner, game.game_id)
})

/** Everything that may be there once, more often, or not at all. */
const findings = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const client = yield* EngineClient.EngineClient
  const host = yield* EngineHost
  const engines = yield* host.list
  const tokens = yield* EngineTokens.EngineTokens
  const statuses = yield* Effect.forEach(engines, ({ endpoint, epoch, gameId }) =>
    Effect.flatMap(tokens.token(gameId, epoch), (token) => client.turn({ endpoint, token }, 0))
  )
  return {
    runtime: yield* sql`
      SELECT r.game_id, r.status, r.current_turn, r.generating_turn, r.current_container_id AS instance, r.attempts,
        g.status AS game_status, g.current_turn AS game_turn
      FROM backend.runtime_records r JOIN backend.games g USING (game_id)`,
    pushed: yield* sql`
      SELECT user_id, kind, sequence::int AS sequence FROM backend.push_events
      WHERE kind = 'game.turn.ready' ORDER BY user_id, sequence`,
    operations: yield* sql`
      SELECT op, status, turn FROM backend.runtime_operation_log WHERE status <> 'failed' ORDER BY started_at`,
    engines: engines.map((it) => ({ instance: it.instanceId, game: it.gameId })),
    players: statuses.map((it: EngineStatus) => it.players.map((player) => player.race))
  }
})

const program = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const known = yield* sql`SELECT 1 FROM backend.games`
  if (known.length === 0) yield* newGame
  const reached = Effect.gen(function* () {
    const [row] = yield* sql<{ readonly status: string; readonly turn: number }>`
      SELECT status, current_turn AS turn FROM backend.runtime_records`
    if (row?.status === "running" && row.turn < turnWanted) {
      // The turn comes due.
      yield* sql`
        UPDATE backend.runtime_records SET next_turn_at = now()
        WHERE status = 'running' AND current_turn < ${turnWanted} AND next_turn_at > now()`
    }
    return row?.status === "running" && row.turn >= turnWanted
  })
  yield* Effect.repeat(Effect.andThen(Effect.sleep("20 millis"), reached), { until: (done) => done })
  const store = yield* RuntimeStore.RuntimeStore
  const runtimes = yield* Runtimes.Runtimes
  for (const gameId of yield* store.alive) yield* runtimes.engine(gameId)
  say("findings", yield* findings)
  // Stays until it is killed or told to end.
  yield* Effect.callback<void>((resume) => {
    process.stdin.on("end", () => resume(Effect.void)).resume()
  })
})

await Effect.runPromise(
  program.pipe(
    Effect.provide(
      runtime.pipe(
        Layer.provide(StateVault.layerNone),
        Layer.provideMerge(lobby),
        Layer.provideMerge(database()),
        Layer.provideMerge(Logger.layer([]))
      )
    )
  )
)
process.exit(0)
