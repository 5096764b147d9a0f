import * as Accounts from "@galaxy/core/account/Accounts"
import { newId } from "@galaxy/core/shared/NewId"
import { eachDatabase, layerPglite, onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Array as Arr, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { afterEach, vi } from "vitest"

const request = (email: string): Accounts.NewAccount => ({
  email,
  preferredLanguage: "ru",
  timeZone: "Asia/Tokyo",
  declaredCountry: undefined
})

const address = Effect.map(newId, (id) => `${id}@example.org`)

eachDatabase((name, database) => {
  layer(Accounts.layer.pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(`accounts on ${name}`, (it) => {
    it.effect("an account is made once for its address, on the free tier, and kept as it was", () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts.Accounts
        const sql = yield* SqlClient.SqlClient
        const email = yield* address
        const made = yield* accounts.ensure(request(email))
        const first = yield* accounts.find(made)
        assert.notProperty(first, "declared_country")
        assert.deepStrictEqual([first.sanctions, first.limits, first.display_name], [[], [], ""])
        assert.notInclude(first.user_name, email.slice(0, 8))
        const again = yield* accounts.ensure({
          ...request(email),
          preferredLanguage: "de",
          timeZone: "UTC",
          declaredCountry: "DE"
        })
        assert.deepStrictEqual(again, made)
        assert.deepStrictEqual(yield* accounts.find(made), first)
        const records = yield* sql`
          SELECT plan_code, source FROM backend.entitlement_records WHERE user_id = ${made}`
        assert.deepStrictEqual(records, [{ plan_code: "free", source: "registration" }])
      })
    )

    it.effect("the aggregate shows what is in force now", () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts.Accounts
        const sql = yield* SqlClient.SqlClient
        const userId = yield* accounts.ensure(request(yield* address))
        const [sanction, limit] = [yield* newId, yield* newId]
        const at = new Date(1_000)
        yield* sql`
          INSERT INTO backend.sanction_records (record_id, user_id, sanction_code, reason, actor_username, applied_at)
          VALUES (${sanction}, ${userId}, 'permanent_block', 'a reason', 'admin', ${at}),
            (${yield* newId}, ${userId}, 'permanent_block', 'an old one', 'admin', ${at})`
        yield* sql`
          INSERT INTO backend.sanction_active (user_id, sanction_code, record_id)
          VALUES (${userId}, 'permanent_block', ${sanction})`
        yield* sql`
          INSERT INTO backend.limit_records (record_id, user_id, limit_code, value, actor_username, applied_at)
          VALUES (${limit}, ${userId}, 'max_active_private_games', 7, 'admin', ${at})`
        yield* sql`
          INSERT INTO backend.limit_active (user_id, limit_code, record_id, value)
          VALUES (${userId}, 'max_active_private_games', ${limit}, 7)`
        const account = yield* accounts.find(userId)
        assert.deepStrictEqual(
          account.sanctions.map((it) => [it.sanction_code, it.applied_at.epochMilliseconds]),
          [["permanent_block", 1_000]]
        )
        assert.deepStrictEqual(account.limits, [{ limit_code: "max_active_private_games", value: 7 }])
      })
    )

    it.effect("a deleted account stays deleted, and keeps its address", () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts.Accounts
        const sql = yield* SqlClient.SqlClient
        const email = yield* address
        const userId = yield* accounts.ensure(request(email))
        yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${userId}`
        assert.strictEqual(yield* accounts.ensure(request(email)), userId)
        assert.strictEqual((yield* Effect.flip(accounts.find(userId)))._tag, "AccountNotFound")
      })
    )
  })
})

layer(Accounts.layer.pipe(Layer.provideMerge(layerPglite)), { timeout: "240 seconds" })("a user name", (it) => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it.effect("that is taken by chance is drawn again", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts.Accounts
      const real = crypto.getRandomValues.bind(crypto)
      // A name takes seven draws of seven bytes each; the draws of two names come out the same. Ids take more bytes.
      let poor = 0
      vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
        if (array?.byteLength !== 7 || poor >= 14) return real(array as never)
        poor++
        return array
      })
      const one = yield* accounts.ensure(request(yield* address))
      const two = yield* accounts.ensure(request(yield* address))
      assert.strictEqual(poor, 14)
      const names = yield* Effect.forEach([one, two], accounts.find)
      assert.strictEqual(names[0]?.user_name, "bababa-00000")
      assert.notStrictEqual(names[1]?.user_name, "bababa-00000")
    })
  )
})

onPostgres((database) => {
  layer(Accounts.layer.pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })("first sign-ins", (it) => {
    it.effect("of one address, many at once, make one account", () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts.Accounts
        const email = yield* address
        const all = yield* Effect.forEach(Arr.range(1, 30), () => accounts.ensure(request(email)), {
          concurrency: "unbounded"
        })
        assert.strictEqual(new Set(all).size, 1)
      })
    )
  })
})
