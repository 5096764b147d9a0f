import { readFileSync } from "node:fs"
import { join } from "node:path"
import { release } from "@galaxy/contract/release"
import { latest } from "@galaxy/core/migrations/Migrations"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { openGame, player } from "../lobby/fixture.ts"
import { platformOn, refusalOf, surfaces } from "./platform.ts"

const path = "/api/v1/admin/diagnostics"

eachDatabase((name, storage) => {
  layer(platformOn(storage, {}, ["mail-pruner"]), { timeout: "240 seconds", excludeTestServices: true })(
    `diagnostics on ${name}`,
    (it) => {
      it.effect("tell administrators of versions, workers, outboxes and games in play", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          assert.strictEqual(refusalOf(yield* call("gateway", "GET", path)), "unauthorized")
          const before = (yield* call("admin", "GET", path)).body
          assert.deepInclude(before.database, { migration: latest, latest_migration: latest })
          assert.isAbove(before.database.size_bytes, 1_000_000)
          assert.strictEqual(before.release, release)
          const worker = before.workers.find((it: { name: string }) => it.name.includes("mail"))
          assert.deepStrictEqual(Object.keys(worker).toSorted(), ["name", "seconds_since_pass", "stalled"])
          assert.isFalse(worker.stalled)
          assert.deepStrictEqual(before.mail, { pending: 0, dead_lettered: 0 })
          assert.notProperty(before, "oldest_due_turn_at")

          const [pending, dead] = [yield* newId, yield* newId]
          for (const [id, status] of [
            [pending, "retrying"],
            [dead, "dead_lettered"]
          ] as const) {
            yield* sql`
              INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body)
              VALUES (${id}, 'text/plain', '', ${new Uint8Array(1)})`
            yield* sql`
              INSERT INTO backend.mail_deliveries
                (delivery_id, template_id, idempotency_key, status, next_attempt_at, payload_id, message_id)
              VALUES (${id}, 'x', ${id}, ${status}, ${new Date("2020-01-01T00:00:00Z")}, ${id}, ${id})`
          }
          const owner = yield* player
          const { game_id } = yield* openGame(owner)
          yield* sql`
            INSERT INTO backend.runtime_records (game_id, status, seed, turn_schedule, time_zone, next_turn_at)
            VALUES (${game_id}, 'running', '1', '0 18 * * *', 'UTC', ${new Date("2020-02-01T00:00:00Z")})`
          const after = yield* call("admin", "GET", path)
          assert.deepStrictEqual(after.body.mail, {
            pending: 1,
            oldest_due_at: "2020-01-01T00:00:00.000Z",
            dead_lettered: 1
          })
          assert.deepStrictEqual(after.body.runtimes, [{ status: "running", games: 1 }])
          assert.strictEqual(after.body.oldest_due_turn_at, "2020-02-01T00:00:00.000Z")
          assert.notInclude(JSON.stringify(after.body), owner)
        }).pipe(Effect.scoped)
      )
    }
  )
})

describe("the release", () => {
  it("is that of the packages", () => {
    const file = join(import.meta.dirname, "../../package.json")
    assert.strictEqual((JSON.parse(readFileSync(file, "utf8")) as { version: string }).version, release)
  })
})
