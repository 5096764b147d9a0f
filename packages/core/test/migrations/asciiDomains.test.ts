/** What earlier releases stored under a domain beyond ASCII is found under its ASCII form. */
import asciiDomains from "@galaxy/core/migrations/0005_ascii_domains"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const ids = ["a", "b", "c", "d"].map((it) => `00000000-0000-7000-8000-00000000000${it}`)
const [a = "", b = "", c = "", d = ""] = ids

interface Given {
  readonly id: string
  readonly email: string
  readonly year: number
  readonly blocked?: boolean
  readonly deleted?: boolean
}

/** The addresses of accounts, by id, after the migration. */
const migrated = (given: ReadonlyArray<Given>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const it of given) {
      yield* sql`
        INSERT INTO backend.accounts (user_id, email, user_name, preferred_language, time_zone, permanent_block, created_at,
          deleted_at)
        VALUES (${it.id}, ${it.email}, ${it.id}, 'en', 'UTC', ${it.blocked === true}, ${new Date(Date.UTC(it.year, 0))},
          ${it.deleted === true ? new Date() : null})`
    }
    yield* asciiDomains
    // Once more: what is done stays as it is.
    yield* asciiDomains
    const rows = yield* sql<{ id: string; email: string }>`SELECT user_id AS id, email FROM backend.accounts`
    yield* sql`DELETE FROM backend.accounts`
    return Object.fromEntries(rows.map((it) => [it.id, it.email]))
  })

const unicode = "ada@bücher.example"
const ascii = "ada@xn--bcher-kva.example"

eachDatabase((name, database) => {
  layer(database, { timeout: "240 seconds" })(`addresses of before on ${name}`, (it) => {
    it.effect("a domain in another script becomes its ASCII form; nothing else changes", () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(
          yield* migrated([
            { id: a, email: unicode, year: 2020 },
            { id: b, email: "bob@example.org", year: 2020 },
            { id: c, email: "jos\u00e9@example.org", year: 2020 },
            { id: d, email: "dan@\u3164.example", year: 2020 }
          ]),
          { [a]: ascii, [b]: "bob@example.org", [c]: "jos\u00e9@example.org", [d]: "dan@\u3164.example" }
        )
      })
    )

    it.effect("of two accounts of one mailbox the older one has the address, and both are kept", () =>
      Effect.gen(function* () {
        const older = { id: a, year: 2020 }
        const younger = { id: b, year: 2021 }
        assert.deepStrictEqual(
          yield* migrated([
            { ...older, email: unicode },
            { ...younger, email: ascii }
          ]),
          {
            [a]: ascii,
            [b]: unicode
          }
        )
        assert.deepStrictEqual(
          yield* migrated([
            { ...older, email: ascii },
            { ...younger, email: unicode }
          ]),
          {
            [a]: ascii,
            [b]: unicode
          }
        )
      })
    )

    it.effect("a block isn't got round, and a deleted account keeps nobody out", () =>
      Effect.gen(function* () {
        const older = { id: a, year: 2020, email: unicode }
        const younger = { id: b, year: 2021, email: ascii }
        assert.propertyVal(yield* migrated([older, { ...younger, blocked: true }]), b, ascii)
        assert.propertyVal(yield* migrated([{ ...older, blocked: true }, younger]), a, ascii)
        assert.propertyVal(yield* migrated([{ ...older, deleted: true }, younger]), b, ascii)
        assert.propertyVal(
          yield* migrated([
            { ...older, deleted: true },
            { ...younger, deleted: true }
          ]),
          a,
          ascii
        )
      })
    )

    it.effect("several spellings are one mailbox", () =>
      Effect.gen(function* () {
        const after = yield* migrated([
          { id: a, email: "ada@b\u00fccher\uFF0Eexample", year: 2022 },
          { id: b, email: unicode, year: 2021 },
          { id: c, email: ascii, year: 2023 }
        ])
        assert.deepStrictEqual(after, { [a]: "ada@b\u00fccher\uFF0Eexample", [b]: ascii, [c]: unicode })
      })
    )

    it.effect("blocked addresses, challenges and waiting mails follow", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        for (const email of [unicode, ascii, "eve@bücher.example"]) {
          yield* sql`INSERT INTO backend.blocked_emails (email, blocked_at, reason) VALUES (${email}, now(), ${email})`
        }
        yield* sql`
          INSERT INTO backend.auth_challenges (challenge_id, email, code_hash, preferred_language, expires_at)
          VALUES (${a}, ${unicode}, ''::bytea, 'en', now())`
        yield* asciiDomains
        const blocked = yield* sql<{ email: string }>`SELECT email FROM backend.blocked_emails ORDER BY email`
        assert.deepStrictEqual(
          blocked.map((it) => it.email),
          [ascii, "eve@xn--bcher-kva.example"]
        )
        const challenges = yield* sql`SELECT email FROM backend.auth_challenges WHERE challenge_id = ${a}`
        assert.deepStrictEqual(challenges, [{ email: ascii }])
      })
    )
  })
})
