/** The embedded database when its disk is full, its thread silent or its connection given up. */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, statfsSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { StatementDeadline } from "@galaxy/core/shared/StatementDeadline"
import { StorageError } from "@galaxy/core/shared/StorageError"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import { layerPglite, migratedFolder } from "@galaxy/testkit/TestDatabase"
import { Effect, Fiber, Layer, Logger, Queue, Schedule, Stream } from "effect"
import { SqlClient } from "effect/sql"

const deadline = 300_000

/** Only root may mount; answers false where even that is not permitted. */
const small = Effect.acquireRelease(
  Effect.sync(() => {
    const folder = mkdtempSync(join(tmpdir(), "galaxy-full-"))
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=96m", "none", folder]).status === 0
    return { folder, mounted }
  }),
  ({ folder, mounted }) =>
    Effect.sync(() => {
      if (mounted) spawnSync("umount", ["-l", folder])
      rmSync(folder, { recursive: true, force: true })
    })
)

const freeOf = (folder: string) => {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/** Takes all that is left. */
const fill = (folder: string) => spawnSync("dd", ["if=/dev/zero", `of=${join(folder, "fill")}`, "bs=64k"])

const opened = (dataDir: string | undefined, patienceMs: number) =>
  Layer.build(
    PgDatabaseSignal.layer.pipe(
      Layer.provideMerge(Pglite.layer(dataDir === undefined ? {} : { dataDir }, { patienceMs }))
    )
  )

const collected = (lines: Array<string>) =>
  Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])

const untilItWorks = Schedule.spaced("500 millis")

describe("the embedded database", () => {
  it.live(
    "fails calls while its log can't grow, and goes on without a loss when there is space again",
    (context) =>
      Effect.gen(function* () {
        const disk = yield* small
        if (!disk.mounted) {
          context.skip("mounting a small disk isn't permitted here")
          return
        }
        const dataDir = join(disk.folder, "database")
        yield* migratedFolder(dataDir)
        const lines: Array<string> = []
        const services = yield* opened(dataDir, 60_000).pipe(Effect.provide(collected(lines)))
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const heard = yield* Queue.make<void>()
          const signal = yield* DatabaseSignal
          yield* signal.signals("galaxy_mail").pipe(
            Stream.runForEach(() => Queue.offer(heard, undefined)),
            Effect.forkScoped
          )
          yield* sql`CREATE TABLE things (id int PRIMARY KEY)`
          const write = (id: number) => sql`
            WITH written AS (INSERT INTO things VALUES (${id}) RETURNING id)
            SELECT id, pg_logical_emit_message(false, 'log', repeat('x', 1500000))::text FROM written`
          // The first row makes the table's file grow, which only refuses that one row.
          yield* write(0)
          fill(disk.folder)
          assert.isBelow(freeOf(disk.folder), 65_536)

          // Its log has room in the file that was begun: it is the next one that can't be made.
          let committed = 1
          let failure: unknown
          while (failure === undefined && committed < 200) {
            const exit = yield* Effect.result(StorageError.refail(write(committed)))
            if (exit._tag === "Success") committed++
            else failure = exit.failure
          }
          assert.isAbove(committed, 1)
          assert.isTrue(StorageError.isTemporary(failure), String(failure))

          // Nobody waits: neither at once nor while it is tried again.
          for (let i = 0; i < 20; i++) {
            const error = yield* Effect.flip(StorageError.refail(write(10_000 + i)))
            assert.isTrue(error instanceof StorageError && error.retryable, String(error))
            yield* Effect.sleep("250 millis")
          }
          const warnings = lines.filter((line) => line.includes("no space is left on the disk of"))
          assert.lengthOf(warnings, 1)
          assert.include(warnings[0], `${dataDir}; free some, and it goes on by itself`)

          while ((yield* Queue.size(heard)) > 0) yield* Queue.take(heard)
          rmSync(join(disk.folder, "fill"))
          yield* Effect.retry(write(20_000), untilItWorks)
          const rows = yield* sql<{ id: number }>`SELECT id FROM things WHERE id < 10000 ORDER BY id`
          // What was being committed when it gave up may have been committed or not.
          assert.deepStrictEqual(
            rows.slice(0, committed).map((it) => it.id),
            Array.from({ length: committed }, (_, id) => id)
          )
          assert.isAtMost(rows.length, committed + 1)
          yield* Queue.take(heard)
          // And it is listened to again.
          yield* signal.send("galaxy_mail")
          yield* Queue.take(heard)
          assert.lengthOf(
            lines.filter((line) => line.includes("the embedded database works again")),
            1
          )
        }).pipe(Effect.provideContext(services), Effect.scoped)
      }).pipe(Effect.scoped),
    deadline
  )

  it.live(
    "is opened again when its thread says nothing for too long",
    () =>
      Effect.gen(function* () {
        const folder = yield* Effect.acquireRelease(
          Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-silent-"))),
          (it) => Effect.sync(() => rmSync(it, { recursive: true, force: true }))
        )
        const dataDir = join(folder, "database")
        yield* migratedFolder(dataDir)
        const services = yield* opened(dataDir, 60_000)
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE things (id int PRIMARY KEY)`
          yield* sql`INSERT INTO things VALUES (1)`
          const endless = sql`SELECT count(*) FROM generate_series(1, 1000000000000) AS numbers`
          const error = yield* StorageError.refail(endless).pipe(
            Effect.provideService(StatementDeadline, 1_000),
            Effect.flip
          )
          assert.isTrue(error instanceof StorageError && error.retryable, String(error))
          yield* Effect.retry(sql`INSERT INTO things VALUES (2)`, untilItWorks)
          assert.deepStrictEqual(yield* sql`SELECT id FROM things ORDER BY id`, [{ id: 1 }, { id: 2 }])
        }).pipe(Effect.provideContext(services))
      }).pipe(Effect.scoped),
    deadline
  )

  it.live(
    "serves on after a statement and a transaction that were interrupted",
    () =>
      Effect.gen(function* () {
        const services = yield* Layer.build(layerPglite)
        yield* Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          yield* sql`CREATE TABLE things (id int PRIMARY KEY)`
          const select = sql`SELECT id FROM things WHERE id < ${10} ORDER BY id`
          yield* select
          const slow = yield* Effect.forkChild(sql`SELECT count(*) FROM generate_series(1, 300000) AS numbers`)
          yield* Effect.yieldNow
          yield* Fiber.interrupt(slow)
          assert.deepStrictEqual(yield* select, [])
          const half = yield* Effect.forkChild(
            sql.withTransaction(Effect.andThen(sql`INSERT INTO things VALUES (1)`, Effect.never))
          )
          yield* Effect.sleep("200 millis")
          yield* Fiber.interrupt(half)
          assert.deepStrictEqual(yield* select, [])
          yield* sql`INSERT INTO things VALUES (2)`
          assert.deepStrictEqual(yield* select, [{ id: 2 }])
        }).pipe(Effect.provideContext(services))
      }).pipe(Effect.scoped),
    deadline
  )
})
