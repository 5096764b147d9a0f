import { Runtimes } from "@galaxy/core/runtime/Runtimes"
import { RuntimeStore } from "@galaxy/core/runtime/RuntimeStore"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { row, runtimeOn, startingGame } from "./fixture.ts"
import { layer as scriptedEngines } from "../engine/ScriptedEngines.ts"
import { surface } from "./surface.ts"

interface AuditRow {
  readonly before: Readonly<Record<string, unknown>>
  readonly after: Readonly<Record<string, unknown>>
}

eachDatabase((name, database) => {
  layer(runtimeOn(database, scriptedEngines), { timeout: "60 seconds", excludeTestServices: true })(
    `audit rows of runtimes on ${name}`,
    (it) => {
      for (const [action, body] of [
        ["restart", { reason: "it hangs" }],
        ["force-next-turn", {}]
      ] as const) {
        it.effect(`have what ${action} has changed, and nothing that a worker does at the same time`, () =>
          Effect.gen(function* () {
            const call = yield* surface
            const sql = yield* SqlClient.SqlClient
            const store = yield* RuntimeStore
            const { gameId, owner } = yield* startingGame()
            yield* (yield* Runtimes).reconcile(gameId)
            // The worker's change is under way when the administrator comes. One connection serves one after the other.
            const waits = sql<{ waiting: number }>`
              SELECT count(*)::int AS waiting FROM pg_locks l JOIN pg_stat_activity a USING (pid)
              WHERE NOT l.granted AND a.datname = current_database()`
            const admin = yield* sql.withTransaction(
              Effect.gen(function* () {
                yield* store.write(yield* row(gameId), { failure_reason: "what the worker found" })
                const admin = yield* Effect.forkDetach(
                  call(owner, "POST", `/admin/runtimes/${gameId}/${action}`, body),
                  { startImmediately: true }
                )
                if (name === "PostgreSQL") yield* Effect.repeat(waits, { until: ([it]) => it?.waiting === 1 })
                return admin
              })
            )
            assert.strictEqual((yield* Fiber.join(admin)).status, 200)
            const [audited] = yield* sql<AuditRow>`
              SELECT before, after FROM backend.audit_log WHERE target_id = ${gameId}`
            assert.isDefined(audited)
            assert.strictEqual(audited.before["failure_reason"], "what the worker found")
            const { engine_task, ...rest } = audited.after
            assert.deepStrictEqual(rest, audited.before)
            assert.strictEqual(engine_task, action === "restart" ? "restart" : undefined)
          }).pipe(Effect.scoped)
        )
      }
    }
  )
})
