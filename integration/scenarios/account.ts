/** Reading an account: what a player gets, what a gateway gets for them, and each request counted by country. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { untilIt } from "../stack/patience.ts"
import { clientAt, signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

interface Countries {
  readonly countries: ReadonlyArray<{ readonly country: string; readonly count: number }>
}

const accountOf = (origin: string, headers: Readonly<Record<string, string>>) =>
  Effect.promise(async () => {
    const answer = await fetch(`${origin}/api/v1/user/account`, { headers, signal: AbortSignal.timeout(30_000) })
    return { status: answer.status, json: (await answer.json()) as { readonly user_id?: string } }
  })

export const account: Scenario = {
  shows: "account: both gateways and X-User-ID lead to one account, and each request is counted by country",
  story: Effect.gen(function* () {
    const { admin, backends, country, gatewayToken } = yield* Stack
    const [backend] = backends
    const player = yield* signIn("Acantha")
    const here = yield* player.client.call("user.account.get", {})
    const there = yield* (yield* clientAt(1, player.session)).call("user.account.get", {})
    assert.deepStrictEqual(there, here)

    const counted = (calls: number) =>
      untilIt(
        `${calls} requests counted`,
        admin.get<Countries>(`/geo/users/${player.userId}/countries`),
        ({ countries }) => countries.reduce((sum, it) => sum + it.count, 0) >= calls
      )
    // Signing in has read the account, too.
    const before = yield* counted(3)
    assert.deepStrictEqual(
      before.countries.map((it) => [it.country, it.count]),
      [[country, 3]]
    )
    yield* Effect.replicateEffect(player.client.call("user.account.get", {}), 4)
    assert.deepStrictEqual(
      (yield* counted(7)).countries.map((it) => [it.country, it.count]),
      [[country, 7]]
    )

    const asGateway = { "x-user-id": player.userId, "x-gateway-token": gatewayToken }
    const direct = yield* accountOf(backend.url, asGateway)
    assert.deepStrictEqual([direct.status, direct.json.user_id], [200, player.userId])
    const strangers = yield* accountOf(backend.url, { "x-user-id": player.userId })
    assert.strictEqual(strangers.status, 401, "without the gateways' token nobody speaks for a player")
  })
}
