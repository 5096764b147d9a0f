/** Administrators: the first one is there from the start, makes a second one, and can be disabled by them. */
import { assert } from "@effect/vitest"
import type * as AdminAccounts from "@galaxy/contract/api/admin/AdminAccounts"
import { Effect } from "effect"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

type Account = typeof AdminAccounts.AdminAccount.Encoded
type List = typeof AdminAccounts.AdminAccountList.Encoded

const path = "/admin-accounts"

export const admins: Scenario = {
  shows: "administrators: the first one makes a second, who disables the first",
  story: Effect.gen(function* () {
    const { admin: first, bootstrap } = yield* Stack
    const reason = "two pairs of eyes"
    const second = first.as({ user: "second", password: "a password of the second" })
    const statusOf = (as: typeof first) => Effect.map(Effect.flip(as.get(path)), ({ code, status }) => [status, code])
    const refused = [401, "unauthorized"]

    assert.include(
      (yield* first.get<List>(path)).admin_accounts.map((it) => it.username),
      bootstrap.user
    )
    assert.deepStrictEqual(yield* statusOf(first.as({ ...bootstrap, password: "another one" })), refused)
    assert.deepStrictEqual(yield* statusOf(second), refused)

    const made = yield* first.post<Account>(path, { username: "second", password: "a password of the second", reason })
    assert.strictEqual(made.username, "second")
    const taken = yield* Effect.flip(first.post(path, { username: "second", password: "one more password" }))
    assert.deepInclude(taken, { status: 409, reason: "exists" })
    assert.strictEqual((yield* second.get<Account>(`${path}/second`)).username, "second")

    assert.isDefined((yield* second.post<Account>(`${path}/${bootstrap.user}/disable`, { reason })).disabled_at)
    assert.deepStrictEqual(yield* statusOf(first), refused)
    const last = yield* Effect.flip(second.post(`${path}/second/disable`, { reason }))
    assert.deepInclude(last, { status: 409, reason: "last_admin" })

    assert.isUndefined((yield* second.post<Account>(`${path}/${bootstrap.user}/enable`, { reason })).disabled_at)
    const renewed = "a new password of the second"
    yield* first.post(`${path}/second/reset-password`, { password: renewed, reason })
    assert.deepStrictEqual(yield* statusOf(second), refused)
    yield* first.as({ user: "second", password: renewed }).get(path)
  })
}
