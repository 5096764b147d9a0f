import { UserId } from "@galaxy/contract/ids/Ids"
import * as Accounts from "@galaxy/core/account/Accounts"
import { newId } from "@galaxy/core/shared/NewId"
import * as Standing from "@galaxy/core/standing/Standing"
import { eachDatabase } from "@galaxy/testkit/TestDatabase"
import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"

const account = Effect.gen(function* () {
  const accounts = yield* Accounts.Accounts
  const email = `${yield* newId}@example.org`
  const userId = yield* accounts.ensure({
    email,
    preferredLanguage: "en",
    timeZone: "UTC",
    declaredCountry: undefined
  })
  return { email, userId }
})

const barred = (email: string) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`INSERT INTO backend.blocked_emails (email, blocked_at, reason) VALUES (${email}, now(), 'a reason')`
  )

eachDatabase((name, database) => {
  layer(Layer.mergeAll(Accounts.layer, Standing.layer).pipe(Layer.provideMerge(database)), { timeout: "240 seconds" })(
    `standing on ${name}`,
    (it) => {
      it.effect("only an account with nothing against it may act", () =>
        Effect.gen(function* () {
          const standing = yield* Standing.Standing
          const sql = yield* SqlClient.SqlClient
          const [free, blocked, byAddress, deleted] = yield* Effect.all([account, account, account, account])
          yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${blocked.userId}`
          yield* barred(byAddress.email)
          yield* sql`
            UPDATE backend.accounts SET deleted_at = now(), permanent_block = true WHERE user_id = ${deleted.userId}`
          const stranger = UserId.make(yield* newId)
          const all = [free.userId, blocked.userId, byAddress.userId, deleted.userId, stranger]
          const verdicts = yield* Effect.forEach(all, standing.of)
          assert.deepStrictEqual(verdicts, ["active", "blocked", "blocked", "deleted", "unknown"])
          assert.deepStrictEqual([...(yield* standing.active(all))], [free.userId])
          assert.deepStrictEqual([...(yield* standing.active([]))], [])
        })
      )

      it.effect("an address has the standing of its account, and a block of its own", () =>
        Effect.gen(function* () {
          const standing = yield* Standing.Standing
          const sql = yield* SqlClient.SqlClient
          const [free, blocked, deleted, both] = yield* Effect.all([account, account, account, account])
          yield* sql`
            UPDATE backend.accounts SET deleted_at = now(), permanent_block = true WHERE user_id = ${both.userId}`
          yield* sql`UPDATE backend.accounts SET permanent_block = true WHERE user_id = ${blocked.userId}`
          yield* sql`UPDATE backend.accounts SET deleted_at = now() WHERE user_id = ${deleted.userId}`
          const [fresh, bad] = [`${yield* newId}@example.org`, `${yield* newId}@example.org`]
          yield* barred(bad)
          const verdicts = yield* Effect.forEach(
            [free.email, blocked.email, deleted.email, both.email, fresh, bad],
            standing.ofAddress
          )
          assert.deepStrictEqual(verdicts, ["active", "blocked", "deleted", "blocked", "unknown", "blocked"])
        })
      )
    }
  )
})
