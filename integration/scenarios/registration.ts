/** Registration: a code by mail opens the first session, and the account has the country of the address. */
import { assert } from "@effect/vitest"
import type * as AdminUsers from "@galaxy/contract/api/admin/Users"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Effect } from "effect"
import { mailTo } from "../stack/mails.ts"
import { addressOf, clientAt, codeIn, refusalOf } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

export const registration: Scenario = {
  shows: "registration: a code by mail opens a session once, and the account has the address's country",
  story: Effect.gen(function* () {
    const { admin, country, gateways } = yield* Stack
    const [first, second] = gateways
    const email = addressOf("Regina")
    const key = yield* Effect.promise(() => DeviceKey.generate())
    const challengeId = yield* PublicEdge.sendEmailCode(first, { email, locale: "en" })
    const { text } = yield* mailTo(email, "a login code", (mail) => codeIn(mail.text) !== "")
    const code = codeIn(text)
    const confirm = (gateway: string, given: string) =>
      PublicEdge.confirmEmailCode(gateway, { challengeId, code: given, key, timeZone: "Atlantic/Reykjavik" })

    const wrong = code === "00000000" ? "00000001" : "00000000"
    assert.strictEqual(yield* refusalOf(confirm(first, wrong)), "invalid_request")
    // Either gateway confirms what the other one has asked for.
    const session = { deviceSessionId: yield* confirm(second, code), key }
    assert.strictEqual(yield* refusalOf(confirm(first, code)), "invalid_request", "a challenge is for one session")

    const account = yield* (yield* clientAt(0, session)).call("user.account.get", {})
    assert.deepInclude(account, { email, declared_country: country, time_zone: "Atlantic/Reykjavik" })
    assert.deepInclude(yield* admin.get<typeof AdminUsers.AdminUser.Encoded>(`/users/${account.user_id}`), {
      email,
      status: "active",
      declared_country: country
    })
  })
}
