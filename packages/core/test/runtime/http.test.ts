import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { newId } from "@galaxy/core/shared/NewId"
import { layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { player } from "../lobby/fixture.ts"
import { image, row, runtimeOn, startingGame, version } from "./fixture.ts"
import { layer as scriptedEngines, outOfMemory, refusal, ScriptedEngines } from "../engine/ScriptedEngines.ts"
import type { Json } from "../http/callerOf.ts"
import { surface } from "./surface.ts"

const codeOf = (body: Json) => (body["error"] as { readonly code: string } | undefined)?.code

layer(runtimeOn(layerPglite, scriptedEngines), { timeout: "240 seconds", excludeTestServices: true })(
  "the runtime over HTTP",
  (it) => {
    it.effect("passes a player's calls on, and the answers back as they are", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const engines = yield* ScriptedEngines
        const { gameId, owner } = yield* startingGame()
        const game = `/user/games/${gameId}`
        const early = yield* call(owner, "GET", `${game}/reports/0`)
        assert.deepStrictEqual([early.status, codeOf(early.body)], [409, "conflict"])
        yield* (yield* Runtimes).reconcile(gameId)

        const orders = [{ op: "produce", planet: 3, unheard: { of: [1] } }]
        const sent = yield* call(owner, "POST", `${game}/orders`, { orders, actor: "Lyra" })
        assert.deepStrictEqual(sent, { status: 200, body: { race: "Vega", actor: "Vega", turn: 0, orders } })
        const commands = yield* call(owner, "POST", `${game}/commands`, { turn: 0, commands: orders })
        assert.deepStrictEqual(commands.body["commands"], orders)
        assert.strictEqual((yield* call(owner, "GET", `${game}/orders?turn=0`)).status, 200)
        assert.deepStrictEqual((yield* engines.game(gameId)).calls.at(-1)?.query, { race: "Vega", turn: "0" })
        assert.strictEqual((yield* call(owner, "GET", `${game}/reports/0`)).body["turn"], 0)
        assert.deepStrictEqual(yield* call(owner, "GET", `${game}/reports/2`), {
          status: 404,
          body: { error: { code: "not_found", message: "turn 2 has not been made yet; the newest turn is 0" } }
        })
        assert.strictEqual((yield* call(owner, "GET", `${game}/orders?turn=1`)).status, 404)

        const known = { turn: 0, orders, if_revision: 4 }
        assert.strictEqual((yield* call(owner, "POST", `${game}/orders`, known)).body["if_revision"], 4)
        assert.strictEqual((yield* call(owner, "POST", `${game}/orders`, { orders, if_revision: -1 })).status, 400)
        assert.deepStrictEqual(yield* call(owner, "POST", `${game}/ready`, { turn: 0, ready: true }), {
          status: 200,
          body: { turn: 0, ready: true, ready_count: 1, player_count: 2 }
        })
        assert.strictEqual((yield* call(owner, "POST", `${game}/ready`, { turn: 0 })).status, 400)
        const closed = yield* call(owner, "POST", `${game}/ready`, { turn: 3, ready: true })
        assert.deepInclude(closed.body["error"], { code: "conflict", reason: "turn_closed" })

        yield* engines.script(gameId, {
          call: () => Effect.succeed(refusal(409, "conflict", "turn 0 is being made"))
        })
        const refused = yield* call(owner, "POST", `${game}/orders`, { turn: 0, orders })
        assert.deepStrictEqual(refused, {
          status: 409,
          body: { error: { code: "conflict", message: "turn 0 is being made", reason: "turn_closed" } }
        })
        assert.deepStrictEqual(yield* call(owner, "POST", `${game}/orders`, { turn: 9, orders }), {
          status: 409,
          body: {
            error: { code: "conflict", message: "turn 9 doesn't take orders; turn 0 does", reason: "turn_closed" }
          }
        })
        yield* engines.script(gameId, { call: () => Effect.succeed("drop" as const) })
        const gone = yield* call(owner, "GET", `${game}/reports/0`)
        assert.deepStrictEqual([gone.status, codeOf(gone.body)], [503, "service_unavailable"])
      }).pipe(Effect.scoped)
    )

    it.effect("refuses what is malformed, and whom it doesn't concern", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const { gameId, owner } = yield* startingGame()
        yield* (yield* Runtimes).reconcile(gameId)
        const game = `/user/games/${gameId}`
        const cases: ReadonlyArray<readonly [string, string, string, Json | undefined, number, string]> = [
          [owner, "POST", `${game}/orders`, { orders: {} }, 400, "invalid_request"],
          [owner, "POST", `${game}/orders`, { orders: [3] }, 400, "invalid_request"],
          [owner, "POST", `${game}/orders`, { turn: -1, orders: [] }, 400, "invalid_request"],
          [owner, "POST", `${game}/commands`, {}, 400, "invalid_request"],
          [owner, "GET", `${game}/reports/x`, undefined, 400, "invalid_request"],
          [owner, "GET", `${game}/reports/-1`, undefined, 400, "invalid_request"],
          [owner, "GET", `${game}/orders?turn=1.5`, undefined, 400, "invalid_request"],
          [owner, "GET", "/user/games/nonsense/reports/0", undefined, 404, "not_found"],
          [yield* player, "GET", `${game}/reports/0`, undefined, 404, "not_found"]
        ]
        for (const [who, method, path, body, status, code] of cases) {
          const answer = yield* call(who, method, path, body)
          assert.deepStrictEqual([answer.status, codeOf(answer.body)], [status, code], `${method} ${path}`)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("shows operators a runtime and lets them force a turn", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const { gameId } = yield* startingGame()
        const path = `/admin/runtimes/${gameId}`
        const starting = yield* call("", "GET", path)
        assert.deepStrictEqual(starting.body, {
          game_id: gameId,
          status: "starting",
          engine_version: version,
          image_ref: image,
          current_turn: 0,
          health: "unknown"
        })
        const early = yield* call("", "POST", `${path}/force-next-turn`)
        assert.deepStrictEqual([early.status, codeOf(early.body)], [409, "conflict"])
        const runtimes = yield* Runtimes
        yield* runtimes.reconcile(gameId)
        const running = (yield* call("", "GET", path)).body
        assert.strictEqual(running["status"], "running")
        assert.match(String(running["next_turn_at"]), /T18:00:00\.000Z$/)
        assert.isString(running["engine_instance"])
        const forced = yield* call("", "POST", `${path}/force-next-turn`)
        assert.deepStrictEqual([forced.status, forced.body["status"]], [200, "running"])
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* row(gameId)).current_turn, 1)
        // Whoever names the newest turn that they know of may ask as often as they like.
        const once = () => call("", "POST", `${path}/force-next-turn`, { expected_turn: 1 })
        const answers = yield* Effect.all([once(), once(), once()], { concurrency: "unbounded" })
        for (const { status } of answers) assert.strictEqual(status, 200)
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* row(gameId)).current_turn, 2)
        const late = yield* once()
        assert.deepStrictEqual(
          [late.status, late.body],
          [409, { error: { code: "conflict", message: "the newest turn is 2, not 1", reason: "turn_passed" } }]
        )
        assert.strictEqual((yield* call("", "POST", `${path}/force-next-turn`, { expected_turn: 3 })).status, 409)
        assert.strictEqual((yield* call("", "POST", `${path}/force-next-turn`, { expected_turn: "2" })).status, 400)
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* row(gameId)).current_turn, 2)
        for (const unknown of [yield* newId, "nonsense"]) {
          assert.strictEqual((yield* call("", "GET", `/admin/runtimes/${unknown}`)).status, 404)
          assert.strictEqual((yield* call("", "POST", `/admin/runtimes/${unknown}/force-next-turn`)).status, 404)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("shows operators a turn that has failed, and lets them force it again", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        const { gameId } = yield* startingGame()
        const path = `/admin/runtimes/${gameId}`
        yield* runtimes.reconcile(gameId)
        yield* engines.script(gameId, {
          call: (it) => Effect.succeed(it.path.endsWith("/turn") ? ("out of memory" as const) : undefined)
        })
        yield* call("", "POST", `${path}/force-next-turn`)
        yield* runtimes.reconcile(gameId)
        const failed = (yield* call("", "GET", path)).body
        assert.deepInclude(failed, {
          status: "generation_failed",
          current_turn: 0,
          generating_turn: 1,
          failure_reason: outOfMemory.reason
        })
        assert.isFalse("next_turn_at" in failed)
        yield* engines.script(gameId, {})
        const forced = yield* call("", "POST", `${path}/force-next-turn`, { expected_turn: 0 })
        assert.deepStrictEqual([forced.status, forced.body["status"]], [200, "generation_failed"])
        yield* runtimes.reconcile(gameId)
        assert.deepInclude((yield* call("", "GET", path)).body, { status: "running", current_turn: 1 })
      }).pipe(Effect.scoped)
    )

    it.effect("keeps the registry of engine versions", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const register = (version: string, image_ref: string) =>
          call("", "POST", "/admin/engine-versions", { version, image_ref })
        const made = yield* register("0.10.0", "builtin:0.10.0")
        assert.deepStrictEqual([made.status, made.body["enabled"]], [200, true])
        assert.deepStrictEqual(yield* register("0.10.0", "builtin:0.10.0"), made)
        assert.strictEqual((yield* register("0.10.0", "another")).status, 409)
        for (const bad of ["1", "v1.0.0", "1.0.0-rc.1", "", "1.0.0\n"]) {
          assert.strictEqual((yield* register(bad, "x")).status, 400, bad)
        }
        const versions = (yield* call("", "GET", "/admin/engine-versions")).body["engine_versions"]
        assert.deepStrictEqual(
          (versions as ReadonlyArray<Json>).map((it) => it["version"]),
          ["1.0.0", "0.10.0", "0.1.0"]
        )
        const paged: Array<unknown> = []
        for (let cursor: string | undefined = ""; cursor !== undefined; ) {
          const page: Json = (yield* call("", "GET", `/admin/engine-versions?limit=1&cursor=${cursor}`)).body
          paged.push(...(page["engine_versions"] as ReadonlyArray<unknown>))
          cursor = page["next_cursor"] as string | undefined
        }
        assert.deepStrictEqual(paged, versions)
        for (const bad of ["cursor=x", "limit=0", "cursor=MTph"]) {
          assert.strictEqual((yield* call("", "GET", `/admin/engine-versions?${bad}`)).status, 400, bad)
        }
        for (const image of ["image\u0000", "image\n", " ", ""]) {
          const malformed = yield* register("1.2.3", image)
          assert.deepStrictEqual([image, malformed.status], [image, 400])
        }
        for (const version of ["0.10.0%00", "0.10", "x"]) {
          const nowhere = yield* call("", "POST", `/admin/engine-versions/${version}/disable`)
          assert.deepStrictEqual([version, nowhere.status, codeOf(nowhere.body)], [version, 404, "not_found"])
        }
        const disabled = yield* call("", "POST", "/admin/engine-versions/0.10.0/disable")
        assert.deepStrictEqual([disabled.status, disabled.body["enabled"]], [200, false])
        const unknown = yield* call("", "POST", "/admin/engine-versions/9.9.9/disable")
        assert.deepStrictEqual([unknown.status, codeOf(unknown.body)], [404, "not_found"])
      }).pipe(Effect.scoped)
    )

    it.effect("lets operators restart and patch an engine, and shows them what was done", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const engines = yield* ScriptedEngines
        const runtimes = yield* Runtimes
        for (const version of ["0.1.1", "0.1.2", "0.1.3", "0.2.0"]) {
          yield* call("", "POST", "/admin/engine-versions", { version, image_ref: `builtin:${version}` })
        }
        yield* call("", "POST", "/admin/engine-versions/0.1.2/disable")
        const { gameId, game } = yield* startingGame()
        const path = `/admin/runtimes/${gameId}`
        const post = (what: string, body: Json) => call("", "POST", `${path}/${what}`, { reason: "a test", ...body })
        const reasonOf = ({ status, body }: { readonly status: number; readonly body: Json }) => [
          status,
          (body["error"] as Json | undefined)?.["reason"]
        ]
        assert.deepStrictEqual(reasonOf(yield* post("restart", {})), [409, "wrong_state"])
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* call("", "POST", `${path}/restart`, {})).status, 400, "without a reason")
        const before = (yield* engines.game(gameId)).running
        const restarted = yield* post("restart", {})
        assert.deepStrictEqual([restarted.status, restarted.body["engine_task"]], [200, "restart"])
        assert.strictEqual((yield* post("restart", {})).status, 200)
        yield* runtimes.reconcile(gameId)
        const after = yield* engines.game(gameId)
        assert.notStrictEqual(after.running?.instanceId, before?.instanceId)
        assert.strictEqual(after.starts, 2)

        for (const [version, reason] of [
          ["0.2.0", "not_a_patch"],
          ["0.0.9", "not_a_patch"],
          ["0.1.2", "version_disabled"],
          ["0.1.9", "version_disabled"]
        ] as const) {
          assert.deepStrictEqual(reasonOf(yield* post("patch", { version })), [409, reason], version)
        }
        const patched = yield* post("patch", { version: "0.1.1" })
        assert.deepStrictEqual([patched.body["engine_version"], patched.body["engine_task"]], ["0.1.1", "patch"])
        yield* runtimes.reconcile(gameId)
        assert.strictEqual((yield* engines.game(gameId)).images.at(-1), "builtin:0.1.1")
        assert.strictEqual((yield* game).engine_version, "0.1.1")
        assert.isFalse("engine_task" in (yield* post("patch", { version: "0.1.1" })).body, "already there")

        // One that doesn't get up is taken back, and its operators are told.
        yield* engines.script(gameId, {
          start: (before) => (before === 3 ? { reason: "no such image", permanent: true } : undefined)
        })
        yield* post("patch", { version: "0.1.3" })
        yield* runtimes.reconcile(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepInclude((yield* call("", "GET", path)).body, { engine_version: "0.1.1", status: "running" })
        assert.strictEqual((yield* game).engine_version, "0.1.1")
        assert.strictEqual((yield* engines.game(gameId)).images.at(-1), "builtin:0.1.1")

        yield* engines.script(gameId, { call: (it) => Effect.succeed(it.path.endsWith("/turn") ? "drop" : undefined) })
        yield* runtimes.forceNextTurn(gameId)
        yield* runtimes.reconcile(gameId)
        assert.deepStrictEqual(reasonOf(yield* post("restart", {})), [409, "generating"])
        assert.deepStrictEqual(reasonOf(yield* post("patch", { version: "0.1.3" })), [409, "generating"])

        const listed = yield* call("", "GET", `${path}/operations?limit=2`)
        const [newest] = listed.body["operations"] as ReadonlyArray<Json>
        assert.deepInclude(newest, { op: "turn", status: "failed", turn: 1 })
        const rest = yield* call("", "GET", `${path}/operations?limit=200&cursor=${String(listed.body["next_cursor"])}`)
        assert.deepStrictEqual(
          (rest.body["operations"] as ReadonlyArray<Json>).map((it) => [it["op"], it["status"]]),
          [
            ["patch", "failed"],
            ["patch", "succeeded"],
            ["restart", "succeeded"],
            ["start", "succeeded"]
          ]
        )
        assert.isFalse("next_cursor" in rest.body)
        for (const list of ["operations", "health"]) {
          assert.strictEqual((yield* call("", "GET", `/admin/runtimes/${yield* newId}/${list}`)).status, 404)
          assert.strictEqual((yield* call("", "GET", `${path}/${list}?cursor=x`)).status, 400)
        }
      }).pipe(Effect.scoped)
    )

    it.effect("changes a version, but not the image that games run on", () =>
      Effect.gen(function* () {
        const call = yield* surface
        const runtimes = yield* Runtimes
        yield* call("", "POST", "/admin/engine-versions", { version: "7.0.0", image_ref: "builtin:7.0.0" })
        const update = (version: string, body: Json) => call("", "PATCH", `/admin/engine-versions/${version}`, body)
        yield* call("", "POST", "/admin/engine-versions/7.0.0/disable")
        assert.strictEqual((yield* update("7.0.0", { enabled: true })).body["enabled"], true)
        assert.strictEqual((yield* update("7.0.0", { image_ref: "builtin:7.0.1" })).body["image_ref"], "builtin:7.0.1")
        assert.deepInclude((yield* update("7.0.0", {})).body, { enabled: true, image_ref: "builtin:7.0.1" })
        const { gameId } = yield* startingGame({ engine_version: "7.0.0" })
        yield* runtimes.reconcile(gameId)
        const used = yield* update("7.0.0", { image_ref: "builtin:7.0.2", enabled: false })
        assert.deepStrictEqual([used.status, (used.body["error"] as Json)["reason"]], [409, "in_use"])
        assert.strictEqual((yield* update("7.0.0", { enabled: false, image_ref: "builtin:7.0.1" })).status, 200)
        assert.strictEqual((yield* update("9.9.9", { enabled: false })).status, 404)
        assert.strictEqual((yield* update("7.0.0", { enabled: "no" })).status, 400)
      }).pipe(Effect.scoped)
    )
  }
)
