/** Several backends on one database, the games they make turns of, and what must be true of these games whatever happens. */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { type GameId, UserId } from "@galaxy/contract/ids/Ids"
import { EngineVersions } from "@galaxy/core/engine/EngineVersions"
import { Games } from "@galaxy/core/lobby/game/Games"
import { Invites } from "@galaxy/core/lobby/invite/Invites"
import * as MemoryMailTransport from "@galaxy/core/mail/MemoryMailTransport"
import { newId } from "@galaxy/core/shared/NewId"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl } from "@galaxy/testkit/TestDatabase"
import { assert } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import * as engines from "./DoubleEngines.ts"
import * as Member from "./Member.ts"

const version = "0.1.0"

export interface ClusterGame {
  readonly gameId: GameId
  readonly owner: UserId
}

export interface ClusterOptions extends Partial<Omit<Member.MemberOptions, "url" | "surroundings">> {
  /** URL of the PostgreSQL server. */
  readonly server: string
  readonly members: number
  readonly games: number
}

/** Only what hangs takes this long, on a machine that is busy with other things too. */
const patienceMs = 120_000

const pause = (millis: number) => Effect.promise(() => new Promise<void>((done) => setTimeout(done, millis)))

/** Starts the backends and the games, whose turns come when they are asked for. All of it ends with the scope. */
export const make = Effect.fnUntraced(function* ({ games: count, members: size, server, ...options }: ClusterOptions) {
  const { url } = yield* cloneUrl(server)
  const surroundings = yield* Layer.build(Layer.merge(engines.layer, MemoryMailTransport.layerMemory))
  // Beside all backends: what it sees doesn't depend on any of them.
  const aside = yield* Layer.build(Postgres.layer({ url, maxConnections: 4 }))
  const double = Context.get(surroundings, engines.DoubleEngines)
  const sql = Context.get(aside, SqlClient.SqlClient)

  const startOne = Member.start({
    timeScale: 1,
    ...options,
    url,
    surroundings,
    core: {
      ...options.core,
      runtime: {
        pollInterval: "500 millis",
        leftToOwner: 2_000 * (options.timeScale ?? 1),
        firstBackoff: "50 millis",
        moveAfterOutage: false,
        watchInterval: "1 hour",
        ...options.core?.runtime
      }
    }
  })
  const members = yield* Effect.all(
    Array.from({ length: size }, () => startOne),
    { concurrency: size }
  )

  const player = Effect.gen(function* () {
    const id = UserId.make(yield* newId)
    yield* sql`
      INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone, created_at)
      VALUES (${id}, ${`${id}@example.org`}, ${id}, 'en', 'UTC', date_trunc('milliseconds', now()))`
    return id
  })

  const startGame = Effect.gen(function* () {
    const all = yield* Games
    const invites = yield* Invites
    const [owner, guest] = yield* Effect.all([player, player])
    const { game_id } = yield* all.create(owner, {
      game_name: "Orion Arm",
      min_players: 2,
      max_players: 4,
      turn_schedule: "0 0 1 1 *",
      time_zone: "UTC",
      engine_version: version
    })
    yield* all.openEnrollment(owner, game_id)
    for (const [user, race_name] of [
      [owner, "Vega"],
      [guest, "Lyra"]
    ] as const) {
      const { invite_id } = yield* invites.issue(owner, game_id, { invited_user_id: user })
      yield* invites.redeem(user, game_id, invite_id, { race_name })
    }
    yield* all.readyToStart(owner, game_id)
    yield* all.start(owner, game_id)
    return { gameId: game_id, owner }
  })

  const turnOf = (gameId: GameId) =>
    Effect.map(
      sql<{ turn: number; status: string }>`
        SELECT current_turn AS turn, status FROM backend.runtime_records WHERE game_id = ${gameId}`,
      ([row]) => (row === undefined || row.status === "starting" ? -1 : row.turn)
    )

  const until = (gameId: GameId, turn: number) =>
    Effect.gen(function* () {
      const deadline = performance.now() + patienceMs
      while ((yield* turnOf(gameId)) < turn) {
        if (performance.now() > deadline) {
          const [row] = yield* sql`SELECT * FROM backend.runtime_records WHERE game_id = ${gameId}`
          return yield* Effect.die(new Error(`no turn ${turn} in two minutes: ${JSON.stringify(row)}`))
        }
        yield* pause(20)
      }
    })

  const [first] = members
  if (first === undefined) return yield* Effect.die(new Error("a cluster has a backend"))
  const games: ReadonlyArray<ClusterGame> = yield* Effect.gen(function* () {
    yield* (yield* EngineVersions).register(version, `builtin:${version}`)
    return yield* Effect.forEach(Array.from({ length: count }), () => startGame, { concurrency: 4 })
  }).pipe(Effect.provideContext(first.context))

  /** Asks a backend for the game's next turn, and waits until it is made, by whomever. */
  const turn = (member: Member.Member, { gameId }: ClusterGame) =>
    Effect.gen(function* () {
      const now = yield* turnOf(gameId)
      yield* member.runtimes.forceNextTurn(gameId, now)
      yield* until(gameId, now + 1)
    })

  /** Waits until no turn is being made or asked for. */
  const settled = Effect.gen(function* () {
    const deadline = performance.now() + patienceMs
    for (;;) {
      const [row] = yield* sql<{ busy: number }>`
        SELECT count(*)::int AS busy FROM backend.runtime_records WHERE status <> 'running' OR force_next_turn`
      if (row?.busy === 0) return
      if (performance.now() > deadline) return yield* Effect.die(new Error(`${row?.busy} games don't settle`))
      yield* pause(20)
    }
  })

  yield* settled

  /** Each turn was made once by the engine, stored once, and told once, in order: none is missing. */
  const check = Effect.forEach(
    games,
    ({ gameId, owner }) =>
      Effect.gen(function* () {
        const current = yield* turnOf(gameId)
        const turns = Array.from({ length: current }, (_, index) => index + 1)
        const told = yield* sql<{ payload: Uint8Array }>`
          SELECT payload FROM backend.push_events
          WHERE user_id = ${owner} AND kind = 'game.turn.ready' ORDER BY sequence`
        assert.deepStrictEqual(
          told.map((it) => codec.decode(tables, "galaxy.push.GameTurnReady", it.payload)["turn"]),
          turns,
          "turns that the players were told of"
        )
        const made = double.made(gameId)
        assert.deepStrictEqual(
          [...made],
          turns.map((it) => [it, 1] as const),
          "turns that the engine has made"
        )
        const logged = yield* sql<{ turn: number }>`
          SELECT turn FROM backend.runtime_operation_log
          WHERE game_id = ${gameId} AND op = 'turn' AND status = 'succeeded' ORDER BY turn`
        assert.deepStrictEqual(
          logged.map((it) => it.turn),
          turns,
          "turns in the log"
        )
      }),
    { discard: true }
  )

  return { url, members, games, startOne, turn, turnOf, until, settled, check, sql, double, surroundings }
})

export type Cluster = Effect.Success<ReturnType<typeof make>>
