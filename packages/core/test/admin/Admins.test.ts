import * as Admins from "@galaxy/core/admin/Admins"
import { PasswordHasher } from "@galaxy/core/admin/PasswordHasher"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, layerPglite } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Clock, Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { admins, counted } from "../http/harness.ts"

const password = Redacted.make("correct horse")
const wrong = Redacted.make("wrong horse")
const name = Effect.map(newId, (id) => `admin-${id}`)

/** How many slow hashes an effect costs. */
const costOf = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const before = counted.verified
    return Effect.map(effect, (result) => [result, counted.verified - before] as const)
  })

eachDatabase((database, storage) => {
  layer(admins(storage), { timeout: "240 seconds" })(`administrators on ${database}`, (it) => {
    it.effect("the first one is made once, however often the backend starts", () =>
      Effect.gen(function* () {
        const service = yield* Admins.Admins
        const username = yield* name
        const made = yield* Effect.forEach(Arr.range(1, 4), () => service.bootstrap(username, password), {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(made.filter((it) => it).length, 1)
        assert.isFalse(yield* service.bootstrap(username, wrong))
        assert.isTrue(yield* service.verify(username, password))
        assert.isFalse(yield* service.verify(username, wrong))
      })
    )

    it.effect("a password that bcrypt would cut, or a name that Basic would, is refused at once", () =>
      Effect.gen(function* () {
        const service = yield* Admins.Admins
        for (const [username, secret] of [
          [yield* name, "a".repeat(73)],
          [yield* name, "ä".repeat(37)],
          [yield* name, ""],
          ["ad:min", "pass"],
          ["", "pass"],
          ["admin\u0000", "pass"],
          ["a".repeat(129), "pass"]
        ] as const) {
          const refused = yield* Effect.flip(service.bootstrap(username, Redacted.make(secret)))
          assert.strictEqual(refused._tag, "AdminCredentialsUnusable")
          assert.isFalse(yield* service.verify(username, Redacted.make(secret)))
        }
        const longest = yield* name
        yield* service.bootstrap(longest, Redacted.make("a".repeat(72)))
        assert.isTrue(yield* service.verify(longest, Redacted.make("a".repeat(72))))
        assert.isFalse(yield* service.verify(longest, Redacted.make("a".repeat(73))))
      })
    )

    it.effect("an unknown name, a disabled one and a wrong password cost the same", () =>
      Effect.gen(function* () {
        const service = yield* Admins.Admins
        const sql = yield* SqlClient.SqlClient
        const username = yield* name
        yield* service.bootstrap(username, password)
        assert.deepStrictEqual(yield* costOf(service.verify(yield* name, password)), [false, 1])
        assert.deepStrictEqual(yield* costOf(service.verify(username, wrong)), [false, 1])
        assert.deepStrictEqual(yield* costOf(service.verify(username, wrong)), [false, 1])
        yield* sql`UPDATE backend.admin_accounts SET disabled_at = now() WHERE username = ${username}`
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [false, 1])
      })
    )

    it.effect("a verified password is remembered for a minute, and no longer than it is right", () =>
      Effect.gen(function* () {
        const service = yield* Admins.Admins
        const sql = yield* SqlClient.SqlClient
        const [username, other] = [yield* name, yield* name]
        yield* service.bootstrap(username, password)
        yield* service.bootstrap(other, password)
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 1])
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 0])
        assert.deepStrictEqual(yield* costOf(service.verify(username, wrong)), [false, 1])
        assert.deepStrictEqual(yield* costOf(service.verify(other, password)), [true, 1])
        yield* TestClock.adjust("1 minute")
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 1])
        // Remembered by a clock that was ahead is not remembered.
        const now = yield* Clock.currentTimeMillis
        yield* TestClock.adjust("3 days")
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 1])
        yield* TestClock.setTime(now + 1)
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 1])
        yield* sql`UPDATE backend.admin_accounts SET disabled_at = now() WHERE username = ${username}`
        assert.isFalse(yield* service.verify(username, password))
        yield* sql`
          UPDATE backend.admin_accounts SET disabled_at = NULL,
            password_hash = (SELECT password_hash FROM backend.admin_accounts WHERE username = ${other})
          WHERE username = ${username}`
        assert.deepStrictEqual(yield* costOf(service.verify(username, password)), [true, 1])
      })
    )

    it.effect("notes when an administrator was last let in", () =>
      Effect.gen(function* () {
        const service = yield* Admins.Admins
        const sql = yield* SqlClient.SqlClient
        const username = yield* name
        yield* service.bootstrap(username, password)
        const used = Effect.map(
          sql<{ used: Date | null }>`
            SELECT last_used_at AS used FROM backend.admin_accounts WHERE username = ${username}`,
          ([row]) => row?.used?.getTime() ?? null
        )
        assert.isFalse(yield* service.verify(username, wrong))
        assert.isNull(yield* used)
        assert.isTrue(yield* service.verify(username, password))
        assert.strictEqual(yield* used, yield* Clock.currentTimeMillis)
        yield* TestClock.adjust("1 hour")
        assert.isTrue(yield* service.verify(username, password))
        assert.strictEqual(yield* used, yield* Clock.currentTimeMillis)
      })
    )

    it.effect("passwords lie in the database as hashes alone", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const username = yield* name
        yield* (yield* Admins.Admins).bootstrap(username, password)
        const [row] = yield* sql<{ hash: Uint8Array; used: Date | null }>`
          SELECT password_hash AS hash, last_used_at AS used FROM backend.admin_accounts WHERE username = ${username}`
        assert.notInclude(new TextDecoder().decode(row?.hash), Redacted.value(password))
        assert.isNull(row?.used)
      })
    )
  })
})

layer(layerPglite, { timeout: "240 seconds" })("administrators without a hash for unknown names", (it) => {
  it.effect("an unknown name is refused like a wrong password, and costs a hash too", () =>
    Effect.gen(function* () {
      let hashed = 0
      const broken = Layer.succeed(PasswordHasher, {
        hash: () => Effect.suspend(() => Effect.die(`no more threads: ${++hashed}`)),
        verify: () => Effect.succeed(false)
      })
      const service = yield* Effect.map(Layer.build(Admins.layer.pipe(Layer.provide(broken))), (it) =>
        Context.get(it, Admins.Admins)
      )
      assert.isFalse(yield* service.verify("nobody", wrong))
      assert.isFalse(yield* service.verify("nobody", wrong))
      assert.strictEqual(hashed, 3)
    }).pipe(Effect.scoped)
  )
})
