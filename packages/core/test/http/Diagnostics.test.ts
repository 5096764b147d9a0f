import { readFileSync } from "node:fs"
import { join } from "node:path"
import { release } from "@galaxy/contract/release"
import { latest } from "@galaxy/core/migrations/Migrations"
import { newId } from "@galaxy/core/shared/NewId"
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import { MailDeferred, MailTransport } from "@galaxy/core/mail/MailTransport"
import { Disks } from "@galaxy/core/shared/Disks"
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
          assert.deepStrictEqual(before.mail, { pending: 0, dead_lettered: 0, relay: { state: "unknown" } })
          assert.deepInclude(before.database, { writable: true, clock_ahead_ms: 0 })
          // A session of this test's own may be in a transaction meanwhile.
          assert.isBelow(before.database.oldest_transaction_seconds, 60)
          assert.deepStrictEqual(before.engine_host, { state: "unknown", running: 0, asleep: 0 })
          assert.deepStrictEqual(before.engine_hosts, [
            { host_id: "local", answers: true, in_settings: true, draining: false, games: 0, games_bound: 0 }
          ])
          assert.deepStrictEqual(before.backends, [])
          const listed = yield* call("admin", "GET", "/api/v1/admin/backends")
          assert.deepStrictEqual(listed.body, { backends: [] })
          assert.deepStrictEqual(before.engine_images, [
            { version: "0.1.0", image_ref: "builtin:0.1.0", state: "unknown" }
          ])
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
            dead_lettered: 1,
            relay: { state: "unknown" }
          })
          assert.deepStrictEqual(after.body.runtimes, [{ status: "running", games: 1 }])
          assert.strictEqual(after.body.oldest_due_turn_at, "2020-02-01T00:00:00.000Z")
          assert.notInclude(JSON.stringify(after.body), owner)
          const wrong = (after.body.findings as ReadonlyArray<{ id: string; state: string }>)
            .filter((it) => it.state === "warning" || it.state === "problem")
            .map((it) => it.id)
          assert.deepStrictEqual(wrong, ["turns", "mail.outbox", "dead_letters"])

          // An engine that computes for long, and one that hangs.
          const silent = Effect.map(call("admin", "GET", path), ({ body }) => ({
            engines: body.silent_engines,
            finding: (
              body.findings as ReadonlyArray<{ id: string; state: string; message: string; help?: string }>
            ).find((it) => it.id === "engines.answer")
          }))
          assert.deepInclude((yield* silent).finding, { state: "ok" })
          const since = "2026-01-01T00:00:00.000Z"
          yield* sql`UPDATE backend.runtime_records SET status = 'generation_in_progress', generating_since = ${new Date(since)}
            WHERE game_id = ${game_id}`
          const computing = yield* silent
          assert.deepStrictEqual(computing.engines, [{ game_id, computing: true, since }])
          assert.deepInclude(computing.finding, { state: "warning" })
          yield* sql`UPDATE backend.runtime_records SET health = 'unhealthy', health_since = NULL WHERE game_id = ${game_id}`
          const hung = yield* silent
          assert.deepStrictEqual(hung.engines, [{ game_id, computing: false }])
          assert.deepInclude(hung.finding, { state: "problem" })
          assert.include(hung.finding?.message, `game ${game_id}.`)
          assert.include(hung.finding?.help, "runtime restart GAME")
          // One that has worked since then hangs no more.
          yield* sql`UPDATE backend.runtime_records SET status = 'running', generating_since = NULL,
            health_since = ${new Date(since)}, last_observed_at = ${new Date("2026-01-01T00:00:01Z")}
            WHERE game_id = ${game_id}`
          assert.deepStrictEqual((yield* silent).engines, [])
          yield* sql`UPDATE backend.runtime_records SET status = 'stopped', last_observed_at = NULL WHERE game_id = ${game_id}`
          assert.deepStrictEqual((yield* silent).engines, [])
        }).pipe(Effect.scoped)
      )

      it.effect("say what is wrong with the relay, the engine host, an image and a disk", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const call = yield* surfaces.pipe(
            Effect.provideService(MailTransport, {
              send: () => Effect.die("nothing is sent"),
              check: Effect.fail(new MailDeferred({ reason: "535 5.7.8" }))
            }),
            Effect.provideService(EngineHost, {
              ...host,
              trouble: Effect.die("unforeseen"),
              imageTrouble: (image) => Effect.succeed(`${image} is gone`)
            }),
            Effect.provideService(
              Disks,
              Effect.succeed([{ name: "engine states", free_bytes: 1_000, total_bytes: 1_000_000_000 }])
            )
          )
          const { body } = yield* call("admin", "GET", path)
          assert.deepStrictEqual(body.mail.relay, { state: "problem", reason: "535 5.7.8" })
          assert.deepInclude(body.engine_host, { state: "problem", reason: "the check failed" })
          assert.deepInclude(body.engine_images[0], { state: "problem", reason: "builtin:0.1.0 is gone" })
          const found = Object.fromEntries(
            (body.findings as ReadonlyArray<{ id: string; state: string; message: string }>).map((it) => [it.id, it])
          )
          for (const [id, message] of [
            ["mail.relay", /535 5\.7\.8/],
            ["engine.host", /the check failed/],
            ["engine.images", /Engine 0\.1\.0 can't be started: builtin:0\.1\.0 is gone/],
            ["disk.engine_states", /nearly full: 0\.0 GiB of 0\.9 GiB/]
          ] as const) {
            assert.strictEqual(found[id]?.state, "problem", id)
            assert.match(found[id]?.message ?? "", message)
          }
        }).pipe(Effect.scoped)
      )

      it.effect.skipIf(name === "PostgreSQL")("come also while the engine host doesn't answer", () =>
        Effect.gen(function* () {
          const host = yield* EngineHost
          const call = yield* surfaces.pipe(
            Effect.provideService(EngineHost, {
              ...host,
              list: Effect.never,
              asleep: Effect.never,
              trouble: Effect.never,
              imageTrouble: () => Effect.never
            })
          )
          const { status, body } = yield* call("admin", "GET", path)
          assert.strictEqual(status, 200)
          const reason = "no answer in time"
          assert.deepStrictEqual(body.engine_host, { state: "problem", reason, running: 0, asleep: 0 })
          assert.deepInclude(body.engine_images[0], { version: "0.1.0" })
          assert.notStrictEqual(body.engine_images[0].state, "ok")
        }).pipe(Effect.scoped)
      )

      it.effect.skipIf(name === "PGlite")("find out by writing whether the database takes writes", () =>
        Effect.gen(function* () {
          const call = yield* surfaces
          const sql = yield* SqlClient.SqlClient
          yield* call("admin", "GET", path)
          yield* sql.withTransaction(
            Effect.gen(function* () {
              yield* sql`SELECT 1 FROM backend.write_probe FOR UPDATE`
              yield* sql`SELECT pg_sleep(1.1)`
              const { database, findings } = (yield* call("admin", "GET", path)).body
              assert.deepInclude(database, { writable: false, trouble: "busy" })
              assert.isAtLeast(database.oldest_transaction_seconds, 1)
              assert.deepInclude(findings[0], { id: "database.writable", state: "problem" })
            })
          )
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
