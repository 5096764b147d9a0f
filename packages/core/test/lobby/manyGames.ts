/** A database full of games, and what lists read of it: the plan of each statement, as the database carries it out. */
import { UserId } from "@galaxy/contract/ids/Ids"
import * as GameListStore from "@galaxy/core/lobby/game/GameListStore"
import { newest } from "@galaxy/core/shared/Page"
import type { Database } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient, Statement } from "effect/sql"

/** One game in ten is the busy owner's; the busy player is a member of 100 games. */
const owner = UserId.make("018f0000-0000-7000-8000-00000000000a")
const player = UserId.make("018f0000-0000-7000-8000-00000000000b")

/** One statement has only so much time. */
const portion = 10_000

const filled = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (let from = 0; from < count; from += portion) yield* more(from, Math.min(portion, count - from))
    yield* sql`
      UPDATE backend.memberships SET user_id = ${player} WHERE membership_id IN (
        SELECT DISTINCT ON (game_id) membership_id FROM backend.memberships ORDER BY game_id LIMIT 100)`
    yield* sql.unsafe("ANALYZE backend.games")
    yield* sql.unsafe("ANALYZE backend.memberships")
  })

const more = (from: number, count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      INSERT INTO backend.games (game_id, owner_user_id, visibility, status, game_name, name_key, description,
        min_players, max_players, turn_schedule, time_zone, created_at)
      SELECT gen_random_uuid(),
        CASE WHEN n % 10 = 0 THEN NULL WHEN n % 10 = 1 THEN ${owner}::uuid ELSE gen_random_uuid() END,
        CASE WHEN n % 10 = 0 THEN 'public' ELSE 'private' END,
        (ARRAY['draft', 'enrollment_open', 'ready_to_start', 'running', 'paused', 'finished', 'cancelled'])[1 + (n / 10) % 7],
        'Game ' || n, 'game ' || n, '', 2, 8, '0 18 * * *', 'UTC', now() - n * interval '1 minute'
      FROM generate_series(${from + 1}::int, ${from + count}::int) n`
    yield* sql`
      INSERT INTO backend.memberships
        (membership_id, game_id, user_id, race_name, race_name_canonical, status, joined_at)
      SELECT gen_random_uuid(), game_id, gen_random_uuid(), 'Race', 'race', 'active', now()
      FROM backend.games g, generate_series(1, 2)
      WHERE g.name_key = ANY(SELECT 'game ' || n FROM generate_series(${from + 1}::int, ${from + count}::int) n)`
  })

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: ReadonlyArray<Plan>
}

/** The scans of tables in a plan. */
export const scans = (plan: Plan): ReadonlyArray<Plan> => [
  ...(plan["Relation Name"] === undefined ? [] : [plan]),
  ...(plan.Plans ?? []).flatMap(scans)
]

/** The statements that an effect sends, with the plan that each is carried out by. */
export const plansOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const sent: Array<readonly [string, ReadonlyArray<unknown>]> = []
    const result = yield* Effect.provideService(effect, Statement.CurrentTransformer, (statement) => {
      sent.push(statement.compile())
      return Effect.succeed(statement)
    })
    const plans: Array<Plan> = []
    for (const [text, params] of sent) {
      const rows = yield* sql.unsafe<{ readonly "QUERY PLAN": ReadonlyArray<{ readonly Plan: Plan }> }>(
        `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
        params
      )
      const plan = rows[0]?.["QUERY PLAN"][0]?.Plan
      if (plan !== undefined) plans.push(plan)
    }
    return { result, plans }
  })

const page = 51

/**
 * Most rows of one table that a page may read, whatever the number of games; a search by name reads all it finds. Of an
 * owner of every tenth game, PostgreSQL may find the page among the newest games of all.
 */
const boundOf = (what: string) => (what.includes("by name") ? 1_500 : 12 * page)

/** Every list over `count` games reads its own page by an index, in one statement. */
export const listsReadTheirPage = <E>(database: Layer.Layer<Database, E>, title: string, count: number) =>
  layer(Layer.provideMerge(GameListStore.layer, Layer.provideMerge(Layer.effectDiscard(filled(count)), database)), {
    timeout: "600 seconds",
    excludeTestServices: true
  })(title, (it) => {
    const lists = {
      "an owner's games": (store) => store.mine(owner, newest, page),
      "a player's games": (store) => store.mine(player, newest, page),
      "public games": (store) => store.open(player, {}, newest, page),
      "open games": (store) => store.open(player, { open: true }, newest, page),
      "games to join": (store) => store.open(player, { toJoin: true }, newest, page),
      "public games by name": (store) => store.open(player, { name: "Game 777" }, newest, page),
      "all games": (store) => store.all({}, newest, page),
      "games in a state": (store) => store.all({ status: "running" }, newest, page),
      "public games for administrators": (store) => store.all({ visibility: "public" }, newest, page),
      "private games for administrators": (store) => store.all({ visibility: "private" }, newest, page),
      "games of an owner for administrators": (store) => store.all({ owner }, newest, page),
      "games by name": (store) => store.all({ name: "Game 12" }, newest, page)
    } as const satisfies Readonly<
      Record<string, (store: GameListStore.GameListStore["Service"]) => ReturnType<typeof store.mine>>
    >
    for (const [what, list] of Object.entries(lists)) {
      it.effect(`${what}: one statement that reads one page`, () =>
        Effect.gen(function* () {
          const store = yield* GameListStore.GameListStore
          const { result, plans } = yield* plansOf(list(store))
          assert.isAbove(result.length, 0)
          assert.strictEqual(plans.length, 1)
          for (const scan of plans.flatMap(scans)) {
            const read = (scan["Actual Rows"] + (scan["Rows Removed by Filter"] ?? 0)) * scan["Actual Loops"]
            const where = `${scan["Node Type"]} on ${scan["Relation Name"]} reads ${read} rows`
            assert.isBelow(read, boundOf(what), where)
            if (scan["Relation Name"] === "games") assert.notStrictEqual(scan["Node Type"], "Seq Scan", where)
          }
        })
      )
    }
  })
