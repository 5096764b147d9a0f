import { errors as engineErrors } from "@galaxy/core/engine/http/errors"
import { errors as gameErrors } from "@galaxy/core/lobby/game/http/errors"
import { errors as membershipErrors } from "@galaxy/core/lobby/membership/http/errors"
import { errors as playErrors } from "@galaxy/core/play/http/errors"
import { errors as runtimeErrors } from "@galaxy/core/runtime/http/errors"
import { toApiWith } from "@galaxy/core/shared/http/errors"
import { PlayerOrders } from "@galaxy/core/play/PlayerOrders"
import { EngineHost, localHost } from "@galaxy/core/engine/EngineHost"
import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { GameId } from "@galaxy/contract/ids/Ids"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Tracer } from "effect"
import { SqlClient } from "effect/sql"
import { leave, player } from "../lobby/fixture.ts"
import { advance, row, runtimeOn, startingGame } from "../runtime/fixture.ts"
import { json, layer as scriptedEngines, refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"

const toApi = toApiWith({ ...engineErrors, ...gameErrors, ...membershipErrors, ...runtimeErrors, ...playErrors })

const runningGame = Effect.gen(function* () {
  const runtimes = yield* Runtimes
  const engines = yield* ScriptedEngines
  const sessions = yield* PlayerOrders
  const game = yield* startingGame()
  yield* runtimes.reconcile(game.gameId)
  const last = Effect.map(engines.game(game.gameId), (it) => it.calls.at(-1))
  return { ...game, engines, sessions, last }
})

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), (error) => error._tag)

eachDatabase((name, database) => {
  layer(
    runtimeOn(database, scriptedEngines, {
      callTimeout: "5 seconds",
      engineReadyTimeout: "2 seconds",
      maxAnswerBytes: 10_000,
      firstBackoff: "10 seconds"
    }),
    {
      timeout: "240 seconds",
      excludeTestServices: true
    }
  )(`players in a game on ${name}`, (it) => {
    it.effect("write in their own name, for the open turn, and get the engine's own answer", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, guest, engines, last } = yield* runningGame
        const own = json({ anything: { the: "engine says" } })
        yield* engines.script(gameId, { call: () => Effect.succeed(own.clone()) })
        // What a client says about the actor is one more unknown field of an order, and no actor.
        const orders = [{ op: "produce", planet: 7, actor: "Lyra" }]
        assert.deepStrictEqual(yield* sessions.order(gameId, owner, { orders }), { anything: { the: "engine says" } })
        assert.deepStrictEqual(yield* last, {
          method: "PUT",
          path: "/api/v1/order",
          query: {},
          body: { actor: "Vega", turn: 0, orders }
        })
        yield* sessions.command(gameId, guest, { turn: 0, orders })
        assert.deepStrictEqual(yield* last, {
          method: "POST",
          path: "/api/v1/command",
          query: {},
          body: { actor: "Lyra", turn: 0, commands: orders }
        })
      })
    )

    it.effect("leave what the engine has counted with the platform, and the state file of theirs too", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { sessions, gameId, owner, guest, engines, last } = yield* runningGame
        const given = (user: string) => sql`
          SELECT orders_given_at IS NOT NULL AS given, orders_given_turn, orders_count, orders_refused
          FROM backend.memberships WHERE game_id = ${gameId} AND user_id = ${user}`
        const counts = { orders: 3, refused: 1 }
        const kept = { path: "orders/0000000/000.json", revision: 5, sealed: "secret" }
        yield* engines.script(gameId, { call: () => Effect.succeed(json({ race: "Vega", revision: 5, counts, kept })) })
        assert.deepStrictEqual(yield* sessions.order(gameId, owner, { orders: [], ifRevision: 4 }), {
          race: "Vega",
          revision: 5,
          counts
        })
        assert.deepStrictEqual((yield* last)?.body, { actor: "Vega", turn: 0, orders: [], if_revision: 4 })
        assert.deepStrictEqual(yield* given(owner), [
          { given: true, orders_given_turn: 0, orders_count: 3, orders_refused: 1 }
        ])
        assert.deepStrictEqual(yield* given(guest), [
          { given: false, orders_given_turn: null, orders_count: null, orders_refused: null }
        ])
        // What an engine doesn't count isn't known, and a revision of 0 is none.
        yield* engines.script(gameId, {})
        yield* sessions.order(gameId, owner, { orders: [], ifRevision: 0 })
        assert.deepStrictEqual((yield* last)?.body, { actor: "Vega", turn: 0, orders: [] })
        assert.deepStrictEqual(yield* given(owner), [
          { given: true, orders_given_turn: 0, orders_count: null, orders_refused: null }
        ])
        const refused = (reason?: string) =>
          Effect.gen(function* () {
            const body = { error: { code: "conflict", message: "no", ...(reason === undefined ? {} : { reason }) } }
            yield* engines.script(gameId, { call: () => Effect.succeed(json(body, 409)) })
            const error = yield* Effect.flip(toApi(sessions.order(gameId, owner, { orders: [], ifRevision: 4 })))
            return "reason" in error ? error.reason : undefined
          })
        assert.strictEqual(yield* refused("orders_changed"), "orders_changed")
        assert.strictEqual(yield* refused("turn_closed"), "turn_closed")
        assert.strictEqual(yield* refused("of a later version"), "turn_closed")
        assert.strictEqual(yield* refused(), "turn_closed")
      })
    )

    it.effect("cost one statement to read, and two to write", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner } = yield* runningGame
        const statements = (call: Effect.Effect<unknown, unknown>) =>
          Effect.gen(function* () {
            const spans: Array<Tracer.NativeSpan> = []
            const tracer = Tracer.make({
              span: (options) => {
                const span = new Tracer.NativeSpan(options)
                spans.push(span)
                return span
              }
            })
            yield* Effect.withTracer(call, tracer)
            return spans.filter((it) => it.attributes.has("db.query.text")).length
          })
        assert.strictEqual(yield* statements(sessions.report(gameId, owner, 0)), 1)
        assert.strictEqual(yield* statements(sessions.order(gameId, owner, { orders: [] })), 2)
      })
    )

    it.effect("for no other turn: the engine isn't asked, since it may have made one that isn't committed", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, engines } = yield* runningGame
        const calls = Effect.map(engines.game(gameId), (it) => it.calls.length)
        const before = yield* calls
        for (const write of [sessions.order, sessions.command]) {
          const refused = yield* Effect.flip(toApi(write(gameId, owner, { turn: 1, orders: [] })))
          assert.deepInclude(refused, { _tag: "conflict", reason: "turn_closed" })
          assert.strictEqual(refused.message, "turn 1 doesn't take orders; turn 0 does")
        }
        assert.strictEqual(yield* calls, before)
      })
    )

    it.effect("no engine is brought up for a report of a turn that hasn't been made", () =>
      Effect.gen(function* () {
        const host = yield* EngineHost
        const { sessions, gameId, owner } = yield* runningGame
        const run = (yield* host.list).find((it) => it.gameId === gameId)
        yield* host.stop(gameId, localHost, 1_000)
        assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 1)), "TurnNotMade")
        assert.isDefined(run)
        assert.deepStrictEqual(
          (yield* host.list).filter((it) => it.gameId === gameId),
          []
        )
      })
    )

    it.effect("read their own orders and reports", () =>
      Effect.gen(function* () {
        const { sessions, gameId, guest, last } = yield* runningGame
        yield* sessions.orders(gameId, guest, undefined)
        assert.deepStrictEqual(yield* last, {
          method: "GET",
          path: "/api/v1/order",
          query: { race: "Lyra", turn: "0" },
          body: {}
        })
        yield* sessions.report(gameId, guest, 0)
        assert.deepStrictEqual((yield* last)?.query, { race: "Lyra", turn: "0" })
      })
    )

    it.effect("read nothing of a turn that the engine has made but that isn't committed", () =>
      Effect.gen(function* () {
        const runtimes = yield* Runtimes
        const { sessions, gameId, owner, engines } = yield* runningGame
        const during: Array<unknown> = []
        const look = Effect.gen(function* () {
          const refused = yield* Effect.flip(toApi(sessions.report(gameId, owner, 1)))
          during.push(refused._tag, yield* tagOf(sessions.orders(gameId, owner, 1)))
          // What names no turn is of the newest one that is committed.
          yield* sessions.orders(gameId, owner, undefined)
          during.push((yield* engines.game(gameId)).calls.at(-1)?.query["turn"])
        }).pipe(Effect.orDie)
        yield* engines.script(gameId, {
          call: ({ path, before }) =>
            // The engine has made turn 1, and its answer never comes: the second attempt finds it made.
            path.endsWith("/admin/turn") && before === 1 ? Effect.as(look, undefined) : Effect.succeed(undefined),
          after: ({ path, before }) =>
            path.endsWith("/admin/turn") && before === 0 ? refusal(503, "service_unavailable", "lost") : undefined
        })
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* engines.game(gameId)).state?.turn, 1)
        yield* look
        yield* Effect.repeat(Effect.andThen(advance("1 minute"), runtimes.reconcile(gameId)), {
          until: () => during.length >= 6,
          times: 20
        })
        assert.deepStrictEqual(during, ["not_found", "TurnNotMade", "0", "not_found", "TurnNotMade", "0"])
        yield* sessions.report(gameId, owner, 1)
        assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 2)), "TurnNotMade")
      })
    )

    it.effect("strangers and former members get nothing", () =>
      Effect.gen(function* () {
        const { sessions, gameId, guest, owner } = yield* runningGame
        const stranger = yield* player
        assert.strictEqual(yield* tagOf(sessions.order(gameId, stranger, { orders: [] })), "GameNotFound")
        assert.strictEqual(yield* tagOf(sessions.report(gameId, stranger, 0)), "GameNotFound")
        assert.strictEqual(yield* tagOf(sessions.report(GameId.make(yield* newId), owner, 0)), "GameNotFound")
        yield* leave(gameId, guest)
        assert.strictEqual(yield* tagOf(sessions.order(gameId, guest, { orders: [] })), "GameNotFound")
        // The owner still sees their game, but plays in it no longer.
        yield* leave(gameId, owner)
        assert.strictEqual(yield* tagOf(sessions.command(gameId, owner, { orders: [] })), "NotGameMember")
      })
    )

    const states: ReadonlyArray<readonly [runtime: string, game: string, write: string | null, read: string | null]> = [
      ["running", "running", null, null],
      ["generation_in_progress", "running", "TurnWindowClosed", null],
      ["running", "paused", "GameNotRunning", null],
      ["paused", "paused", "GameNotRunning", null],
      ["paused", "running", "GameNotRunning", null],
      ["finished", "finished", "GameNotRunning", null],
      ["starting", "starting", "GameNotRunning", "GameNotRunning"],
      ["start_failed", "start_failed", "GameNotRunning", "GameNotRunning"],
      ["stopped", "running", "GameNotRunning", "GameNotRunning"],
      ["stopped", "paused", "GameNotRunning", "GameNotRunning"],
      ["stopped", "cancelled", "GameNotRunning", null]
    ]
    it.effect("may write while the game runs and its turn is open, and read whenever there is something to read", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { sessions, gameId, owner } = yield* runningGame
        const outcome = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
          Effect.match(effect, { onFailure: (error): string | null => error._tag, onSuccess: () => null })
        for (const [runtime, game, write, read] of states) {
          yield* sql`UPDATE backend.runtime_records SET status = ${runtime} WHERE game_id = ${gameId}`
          yield* sql`UPDATE backend.games SET status = ${game} WHERE game_id = ${gameId}`
          assert.deepStrictEqual(
            [
              yield* outcome(sessions.order(gameId, owner, { orders: [] })),
              yield* outcome(sessions.command(gameId, owner, { orders: [] })),
              yield* outcome(sessions.orders(gameId, owner, undefined)),
              yield* outcome(sessions.report(gameId, owner, 0))
            ],
            [write, write, read, read],
            `${runtime} / ${game}`
          )
        }
      })
    )

    it.effect("a game that was never started has no runtime", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const { sessions, gameId, owner } = yield* runningGame
        yield* sql`DELETE FROM backend.runtime_records WHERE game_id = ${gameId}`
        assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 0)), "RuntimeNotFound")
      })
    )

    it.effect("hear the engine's refusal in its own words, and of its faults only that it can't be reached", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, engines } = yield* runningGame
        const answer = (response: Response | "drop") =>
          Effect.andThen(
            engines.script(gameId, { call: () => Effect.succeed(response) }),
            Effect.flip(sessions.order(gameId, owner, { orders: [] }))
          )
        const refused = yield* answer(refusal(409, "conflict", "turn 0 is closed; the open one is 1"))
        assert.deepInclude(refused, { _tag: "EngineRefused", code: "conflict" })
        assert.strictEqual(refused.message, "turn 0 is closed; the open one is 1")
        assert.deepInclude(yield* answer(refusal(404, "not_found", "no such race")), { code: "not_found" })
        for (const fault of [
          "drop" as const,
          refusal(500, "internal_error", "secrets of the inside"),
          refusal(502, "conflict", "not an engine's status"),
          new Response("<html>", { status: 404 }),
          new Response("{", { status: 200 }),
          new Response(new Uint8Array([0x22, 0xff, 0x22]), { status: 200 }),
          new Response(null, { status: 302, headers: { location: "http://127.0.0.1/elsewhere" } }),
          json(["no object"]),
          json({ long: "x".repeat(10_000) }),
          // The last one: it is another's engine, and every call from here on waits for one of the game's own.
          refusal(401, "unauthorized", "no")
        ]) {
          assert.strictEqual((yield* answer(fault))._tag, "EngineUnreachable")
        }
        yield* engines.script(gameId, {})
        yield* sessions.order(gameId, owner, { orders: [] })
      })
    )

    it.effect("an engine that doesn't answer is given up in time", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, engines } = yield* runningGame
        const asked = Promise.withResolvers<void>()
        yield* engines.script(gameId, {
          call: () =>
            Effect.andThen(
              Effect.sync(() => asked.resolve()),
              Effect.never
            )
        })
        yield* Effect.forkChild(
          Effect.andThen(
            Effect.promise(() => asked.promise),
            advance("6 seconds")
          )
        )
        assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 0)), "EngineUnreachable")
      })
    )

    it.effect("read from another engine where one ends before it has answered, and write once", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, engines } = yield* runningGame
        const crashing = (times: number) =>
          engines.script(gameId, {
            call: ({ path, before }) =>
              Effect.succeed(path === "/api/v1/report" && before < times ? ("crash" as const) : undefined)
          })
        const made = Effect.map(engines.game(gameId), (it) => it.starts)
        const before = yield* made
        yield* crashing(2)
        assert.deepInclude(yield* sessions.report(gameId, owner, 0), { race: "Vega" })
        assert.strictEqual((yield* made) - before, 2)
        // One that always ends is given up.
        yield* crashing(Number.POSITIVE_INFINITY)
        assert.strictEqual(yield* tagOf(sessions.report(gameId, owner, 0)), "EngineUnreachable")
        yield* engines.script(gameId, {
          call: ({ method }) => Effect.succeed(method === "PUT" ? ("crash" as const) : undefined)
        })
        const calls = Effect.map(engines.game(gameId), (it) => it.calls.filter(({ method }) => method === "PUT").length)
        const written = yield* calls
        assert.strictEqual(yield* tagOf(sessions.order(gameId, owner, { orders: [] })), "EngineUnreachable")
        assert.strictEqual((yield* calls) - written, 1)
      })
    )

    it.effect(
      "a write whose engine ends isn't repeated, but the next one finds an engine without anybody's doing",
      () =>
        Effect.gen(function* () {
          const { sessions, gameId, owner, engines } = yield* runningGame
          yield* engines.script(gameId, {
            call: ({ method, before }) =>
              Effect.succeed(method === "PUT" && before === 0 ? ("crash" as const) : undefined)
          })
          assert.strictEqual(yield* tagOf(sessions.order(gameId, owner, { orders: [] })), "EngineUnreachable")
          const up = Effect.flatMap(Effect.all([engines.game(gameId), row(gameId)]), ([{ running }, now]) =>
            Effect.succeed(running !== undefined && now.current_container_id === running.instanceId)
          )
          const deadline = performance.now() + 60_000
          while (!(yield* up) && performance.now() < deadline) {
            yield* Effect.promise(() => new Promise((done) => setTimeout(done, 10)))
          }
          assert.isTrue(yield* up, "nobody has brought the engine up")
          yield* sessions.order(gameId, owner, { orders: [] })
          assert.strictEqual((yield* engines.game(gameId)).starts, 2)
        })
    )

    it.effect("an engine that has died is brought up for the next call", () =>
      Effect.gen(function* () {
        const { sessions, gameId, owner, engines } = yield* runningGame
        yield* engines.crash(gameId)
        yield* sessions.order(gameId, owner, { orders: [] })
        const { running, starts } = yield* engines.game(gameId)
        assert.strictEqual(starts, 2)
        assert.strictEqual((yield* row(gameId)).current_container_id, running?.instanceId)
        // One that can't be brought up is one that can't be reached.
        yield* engines.crash(gameId)
        yield* engines.script(gameId, { start: () => ({ reason: "no memory", permanent: false }) })
        assert.strictEqual(yield* tagOf(sessions.order(gameId, owner, { orders: [] })), "EngineUnreachable")
      })
    )
  })
})
