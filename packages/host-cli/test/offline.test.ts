/** Commands without a server, on PostgreSQL and on the folder of a stopped platform. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Migrations from "@galaxy/core/migrations/Migrations"
import * as SecretBox from "@galaxy/core/mail/SecretBox"
import * as DataFolder from "@galaxy/host-node/all-in-one/DataFolder"
import * as scryptHash from "@galaxy/host-node/crypto/scryptHash"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { cloneUrl, serverUrl } from "@galaxy/testkit/TestDatabase"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { afterAll } from "vitest"
import { cli, type Surroundings } from "./cli.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-offline-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const key = Buffer.alloc(32, 7).toString("base64")
const ada = "0190a0b0-0000-7000-8000-00000000000a"
const game = (last: string) => `0190a0b0-0000-7000-8000-0000000001${last}`

const withAda = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`INSERT INTO backend.accounts (user_id, email, user_name, display_name, preferred_language, time_zone)
    VALUES (${ada}, 'ada@example.test', 'ada', 'Ada', 'en', 'UTC')`
})

const ran = (args: ReadonlyArray<string>, around: Surroundings) => Effect.promise(() => cli(args, around))

const parsed = (text: string) => JSON.parse(text)

const url = serverUrl()
describe.skipIf(url === undefined)("without a server, on PostgreSQL", () => {
  /** A database of its own, and how to reach it as an operator does. */
  const database = Effect.gen(function* () {
    const at = new URL((yield* cloneUrl(url ?? "")).url)
    const env: Record<string, string> = {
      PGHOST: at.hostname,
      PGPORT: at.port,
      PGUSER: decodeURIComponent(at.username),
      PGPASSWORD: decodeURIComponent(at.password),
      PGDATABASE: at.pathname.slice(1)
    }
    const on = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      Effect.provide(work, Layer.fresh(Postgres.layer({ url: at.href, maxConnections: 2 })))
    const run = (args: ReadonlyArray<string>, more: Surroundings = {}) =>
      ran([...args, "-o", "json"], { ...more, env: { ...env, ...more.env } })
    return { at, on, run }
  })

  it.live("db status, migrate and check tell how the database is, and a newer one is refused", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      const status = yield* run(["db", "status"])
      assert.deepInclude(parsed(status.stdout), {
        kind: "postgres",
        migration: Migrations.latest,
        missing_migrations: []
      })
      assert.deepInclude(parsed((yield* run(["db", "migrate"])).stdout), { changed: false, applied: [] })
      const check = yield* run(["db", "check"])
      assert.strictEqual(check.code, 0, check.stderr)
      assert.deepInclude(parsed(check.stdout).findings[0], { id: "database.writable", state: "ok" })
      yield* on(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`INSERT INTO galaxy_migrations (migration_id, name) VALUES (9999, 'later')`
        )
      )
      for (const args of [
        ["db", "migrate"],
        ["db", "migrate", "--dry-run"],
        ["db", "bootstrap-admin", "root", "--generate"]
      ]) {
        const refused = yield* run(args)
        assert.deepStrictEqual([refused.code, refused.stdout], [1, ""])
        assert.include(parsed(refused.stderr).error.message, "newer than this release")
      }
      assert.strictEqual((yield* run(["db", "check"])).code, 1)
    }).pipe(Effect.scoped)
  )

  it.live("db migrate brings an empty database up to date, and a dry run doesn't", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      yield* on(
        Effect.flatMap(SqlClient.SqlClient, (sql) =>
          Effect.andThen(sql`DROP SCHEMA backend CASCADE`, sql`DROP TABLE galaxy_migrations`)
        )
      )
      assert.deepStrictEqual(parsed((yield* run(["db", "migrate", "--dry-run"])).stdout).would_apply, [
        ...Migrations.names
      ])
      assert.strictEqual(parsed((yield* run(["db", "status"])).stdout).migration, 0)
      assert.strictEqual((yield* run(["db", "check"])).code, 1)
      assert.deepStrictEqual(parsed((yield* run(["db", "migrate"])).stdout).applied, [...Migrations.names])
      assert.strictEqual((yield* run(["db", "check"])).code, 0)
    }).pipe(Effect.scoped)
  )

  it.live(
    "db bootstrap-admin makes an administrator, or gives one a password and enables them, with an audit row",
    () =>
      Effect.gen(function* () {
        const { on, run } = yield* database
        const dry = yield* run(["db", "bootstrap-admin", "root", "--generate", "--dry-run"])
        assert.deepStrictEqual(parsed(dry.stdout), { username: "root", done: "created", dry_run: true })
        const made = parsed((yield* run(["db", "bootstrap-admin", "root", "--generate"])).stdout)
        assert.strictEqual(made.done, "created")
        const again = yield* run(["db", "bootstrap-admin", "root", "--password-stdin", "--reason", "lost"], {
          input: "correct horse\n"
        })
        assert.deepStrictEqual(parsed(again.stdout), { username: "root", done: "password set" })
        yield* on(
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            const [row] = yield* sql<{ password_hash: Uint8Array; disabled_at: Date | null }>`
            SELECT password_hash, disabled_at FROM backend.admin_accounts WHERE username = 'root'`
            const hash = new TextDecoder().decode(row?.password_hash)
            assert.isTrue(yield* scryptHash.verify(Redacted.make("correct horse"), hash))
            assert.isFalse(yield* scryptHash.verify(Redacted.make(made.password), hash))
            const rows = yield* sql<{ actor: string; dry_run: boolean; reason: string | null; action: string }>`
            SELECT actor, dry_run, reason, action FROM backend.audit_log ORDER BY created_at, audit_id`
            assert.deepStrictEqual(
              rows.map((it) => [it.action, it.dry_run, it.reason]),
              [
                ["admin.bootstrap", true, null],
                ["admin.bootstrap", false, null],
                ["admin.bootstrap", false, "lost"]
              ]
            )
            assert.match(rows[0]?.actor ?? "", /^offline:./)
          })
        )
      }).pipe(Effect.scoped)
  )

  it.live("new-incarnation begins one after a yes, with an audit row, and a dry run doesn't", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      const incarnation = on(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ incarnation: string }>`SELECT incarnation::text FROM backend.installation`
        )
      )
      const [{ incarnation: before } = { incarnation: "" }] = yield* incarnation
      const unasked = yield* run(["new-incarnation"])
      assert.deepStrictEqual([unasked.code, unasked.stdout], [64, ""])
      const dry = yield* run(["new-incarnation", "--dry-run"])
      assert.deepInclude(parsed(dry.stdout), { before, dry_run: true })
      assert.deepStrictEqual([...(yield* incarnation)], [{ incarnation: before }])
      const done = yield* run(["new-incarnation", "--yes", "--reason", "restored"])
      assert.strictEqual(done.code, 0, done.stderr)
      const [after] = yield* incarnation
      assert.deepStrictEqual(parsed(done.stdout), { before, incarnation: after?.incarnation })
      assert.notStrictEqual(after?.incarnation, before)
      const audit = yield* on(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ action: string; dry_run: boolean }>`
            SELECT action, dry_run FROM backend.audit_log ORDER BY created_at`
        )
      )
      assert.deepStrictEqual(
        audit.map((it) => [it.action, it.dry_run]),
        [
          ["installation.new_incarnation", true],
          ["installation.new_incarnation", false]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("person export and erase do what the server does, after the name was given", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      yield* on(withAda)
      const env = { BACKEND_SECRET_KEY: key, BACKEND_ERASURE_LEDGER: join(folder, "erased") }
      const without = yield* run(["person", "export", "name:ada"])
      assert.deepStrictEqual(
        [without.code, parsed(without.stderr).error.hint],
        [64, "Set BACKEND_SECRET_KEY as for the backend."]
      )
      const exported = yield* run(["person", "export", "name:ada"], { env })
      assert.strictEqual(exported.code, 0, exported.stderr)
      assert.strictEqual(parsed(exported.stdout).tables.accounts[0].email, "ada@example.test")
      assert.strictEqual((yield* run(["person", "export", "name:eve"], { env })).code, 5)
      const sealed = "0190a0b0-0000-7000-8000-00000000000f"
      yield* on(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const body = yield* (yield* SecretBox.SecretBox).seal(new Uint8Array(3), sealed)
          yield* sql`INSERT INTO backend.mail_payloads (payload_id, content_type, subject, body)
            VALUES (${sealed}, 'text/plain', '', ${body})`
        }).pipe(Effect.provide(SecretBox.layer({ secret: Redacted.make(new Uint8Array(32).fill(7)) })))
      )
      const wrongKey = Buffer.alloc(32, 8).toString("base64")
      const mistaken = yield* run(["person", "export", ada], { env: { ...env, BACKEND_SECRET_KEY: wrongKey } })
      assert.deepStrictEqual([mistaken.code, mistaken.stdout], [64, ""])
      assert.include(mistaken.stderr, "isn't the key of this database")
      const erase = ["person", "erase", ada, "--reason", "asked for"]
      for (const more of [[], ["--yes"], ["--confirm", "eve"]]) {
        assert.strictEqual((yield* run([...erase, ...more], { env })).code, 64)
      }
      const account = on(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ email: string; erased: boolean }>`
            SELECT email, erased_at IS NOT NULL AS erased FROM backend.accounts WHERE user_id = ${ada}`
        )
      )
      const { BACKEND_ERASURE_LEDGER: ledger, ...noLedger } = env
      const unlisted = yield* run([...erase, "--confirm", "ada"], { env: noLedger })
      assert.deepStrictEqual([unlisted.code, unlisted.stdout], [64, ""])
      assert.include(unlisted.stderr, "--without-ledger")
      const dry = yield* run([...erase, "--dry-run"], { env })
      assert.deepStrictEqual(parsed(dry.stdout), { user_id: ada, changed: true, dry_run: true })
      assert.deepStrictEqual(yield* account, [{ email: "ada@example.test", erased: false }])
      const done = yield* run([...erase, "--confirm", "ada"], { env })
      assert.deepStrictEqual(parsed(done.stdout), { user_id: ada, changed: true })
      assert.deepStrictEqual(yield* account, [{ email: `erased ${ada}`, erased: true }])
      assert.strictEqual(readFileSync(ledger, "utf8").trim(), ada)
      const again = yield* run([...erase, "--confirm", `erased-${ada}`], { env })
      assert.deepStrictEqual(parsed(again.stdout), { user_id: ada, changed: false })
      const audit = yield* on(
        Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql<{ row: string }>`SELECT row_to_json(a)::text AS row FROM backend.audit_log a ORDER BY created_at`
        )
      )
      assert.lengthOf(audit, 3)
      assert.notInclude(JSON.stringify(audit), "ada@")
    }).pipe(Effect.scoped)
  )

  it.live("backup plan puts the database first and shows no password; backup check compares turns", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      const engines = join(folder, "states")
      const plan = yield* run(["backup", "plan", "--to", "/var/backups", "--data-dir", engines])
      const { steps } = parsed(plan.stdout) as { steps: ReadonlyArray<{ command: string }> }
      assert.match(steps[0]?.command ?? "", /^pg_dump --format=custom .*--file=\/var\/backups\/galaxy\.dump postgres:/)
      // All games are in the database, so far.
      assert.strictEqual(steps[1]?.command, "")
      yield* on(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          for (const last of ["01", "02", "03", "04", "05"]) {
            yield* sql`INSERT INTO backend.games (game_id, visibility, status, game_name, description, min_players, max_players, turn_schedule, time_zone)
              VALUES (${game(last)}, 'public', 'running', 'Orion', '', 1, 2, '0 6 * * *', 'UTC')`
            yield* sql`INSERT INTO backend.runtime_records
                (game_id, status, seed, turn_schedule, time_zone, current_turn, started_at, state_in_database)
              VALUES (${game(last)}, 'running', '1', '0 6 * * *', 'UTC', 5, now(), ${last === "05"})`
          }
        })
      )
      const withGames = yield* run(["backup", "plan", "--to", "/var/backups", "--data-dir", engines])
      assert.strictEqual(
        (parsed(withGames.stdout) as { steps: ReadonlyArray<{ command: string }> }).steps[1]?.command,
        `tar --create --file=/var/backups/games.tar --directory=${engines} games`
      )
      const turns = { "01": 5, "02": 6, "03": 4, "09": 1 }
      for (const [last, turn] of Object.entries(turns)) {
        const at = join(engines, "games", game(last), "galaxy")
        mkdirSync(at, { recursive: true })
        for (let it = 0; it <= turn; it++) writeFileSync(join(at, `${it}.json`), "")
      }
      const checked = yield* run(["backup", "check", "--data-dir", engines])
      assert.strictEqual(checked.code, 1)
      assert.deepStrictEqual(
        parsed(checked.stdout).items.map((it: { engine_turn: number | null; state: string }) => [
          it.engine_turn,
          it.state
        ]),
        [
          [5, "ok"],
          [6, "ok"],
          [4, "problem"],
          [null, "problem"],
          [null, "problem"],
          [1, "warning"]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("backup check reads each file of the games that are in the database", () =>
    Effect.gen(function* () {
      const { on, run } = yield* database
      yield* on(
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const text = (body: string, of: string) => sql`
            INSERT INTO backend.engine_files (game_id, path, epoch, revision, encoding, body, size, sha256)
            VALUES (${of}, 'galaxy/0.json', 1, 0, 'plain', convert_to(${body}, 'UTF8'), 5, sha256('whole'::bytea))`
          for (const last of ["01", "02", "03"]) {
            yield* sql`INSERT INTO backend.games (game_id, visibility, status, game_name, description, min_players, max_players, turn_schedule, time_zone)
              VALUES (${game(last)}, 'public', 'running', 'Orion', '', 1, 2, '0 6 * * *', 'UTC')`
            yield* sql`INSERT INTO backend.runtime_records (game_id, status, seed, turn_schedule, time_zone, started_at, state_in_database)
              VALUES (${game(last)}, 'running', '1', '0 6 * * *', 'UTC', now(), true)`
          }
          yield* text("whole", game("01"))
          yield* text("spoil", game("02"))
        })
      )
      const checked = yield* run(["backup", "check"])
      assert.strictEqual(checked.code, 1, checked.stderr)
      assert.deepStrictEqual(
        parsed(checked.stdout).items.map((it: { state: string; message: string }) => [it.state, it.message]),
        [
          ["ok", "whole in the database"],
          ["problem", "the stored file galaxy/0.json doesn't match its digest"],
          ["problem", "the database has no file of it"]
        ]
      )
    }).pipe(Effect.scoped)
  )

  it.live("a password in an argument is refused, and one that is wrong isn't shown", () =>
    Effect.gen(function* () {
      const { at } = yield* database
      const given = yield* ran(["db", "status", "--database", "postgres://galaxy:s3cret@127.0.0.1/galaxy"], { env: {} })
      assert.deepStrictEqual([given.code, given.stdout], [64, ""])
      assert.notInclude(given.stderr, "s3cret")
      const inQuery = yield* ran(["db", "status", "--database", "postgres://galaxy@127.0.0.1/galaxy?password=s3cret"], {
        env: {}
      })
      assert.deepStrictEqual([inQuery.code, inQuery.stdout], [64, ""])
      assert.notInclude(inQuery.stderr, "s3cret")
      const dsn = new URL(at)
      dsn.password = ""
      dsn.search = new URLSearchParams({ password: decodeURIComponent(at.password), application_name: "x" }).toString()
      const plan = yield* ran(["backup", "plan", "-o", "json"], { env: { BACKEND_POSTGRES_DSN: dsn.href } })
      assert.strictEqual(plan.code, 0, plan.stderr)
      assert.notInclude(plan.stdout, "?")
      const nowhere = yield* ran(["db", "status"], {
        env: { BACKEND_POSTGRES_DSN: `postgres://galaxy:s3cret@${at.hostname}:1/galaxy` }
      })
      assert.deepStrictEqual([nowhere.code, nowhere.stdout], [1, ""])
      assert.include(nowhere.stderr, `PostgreSQL at ${at.hostname}:1 can't be used`)
      assert.notInclude(nowhere.stderr, "s3cret")
    }).pipe(Effect.scoped)
  )
})

describe("without a server, on a data folder", () => {
  it.live("works on the folder of a stopped platform, under its lock, and makes none where there is none", () =>
    Effect.gen(function* () {
      const at = join(folder, "platform")
      const env = { GALAXY_DATA_DIR: at }
      const none = yield* ran(["db", "status"], { env })
      assert.deepStrictEqual([none.code, none.stdout], [1, ""])
      assert.include(none.stderr, `There is no platform in ${at}`)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const made = yield* DataFolder.open(at)
          yield* Effect.andThen(Migrations.run, withAda).pipe(Effect.provide(Pglite.layer({ dataDir: made.database })))
          const busy = yield* ran(["db", "status"], { env })
          assert.deepStrictEqual([busy.code, busy.stdout], [1, ""])
          assert.include(busy.stderr, "nother Galaxy")
          // The folder that a flag names comes before the database that the environment names.
          const named = yield* ran(["db", "status", "--data-dir", at], {
            env: { BACKEND_POSTGRES_DSN: "postgres://galaxy@127.0.0.1:1/galaxy", PGHOST: "127.0.0.1" }
          })
          assert.include(named.stderr, "nother Galaxy")
        })
      )
      const status = yield* ran(["db", "status", "-o", "json"], { env })
      assert.deepInclude(parsed(status.stdout), { kind: "folder", database: at, migration: Migrations.latest })
      const erased = yield* ran(
        ["person", "erase", "name:ada", "--reason", "asked for", "--confirm", "ada", "-o", "json"],
        { env }
      )
      assert.deepStrictEqual(parsed(erased.stdout), { user_id: ada, changed: true }, erased.stderr)
      const plan = yield* ran(["backup", "plan", "--to", "/var/backups"], { env })
      assert.include(plan.stdout, `tar --create --file=/var/backups/platform.tar --directory=${folder} platform\n`)
    })
  )
})
