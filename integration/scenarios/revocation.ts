/** Revocation: a blocked player's stream ends, and no gateway takes their sessions any more. */
import { assert } from "@effect/vitest"
import type * as UserEnds from "@galaxy/contract/api/admin/UserEnds"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Effect } from "effect"
import { untilIt } from "../stack/patience.ts"
import { clientAt, listen, refusalOf, signIn } from "../stack/players.ts"
import { Stack } from "../stack/Stack.ts"
import type { Scenario } from "./Scenario.ts"

interface Ledger {
  readonly revocations: ReadonlyArray<typeof UserEnds.Revocation.Encoded>
}

export const revocation: Scenario = {
  shows: "revocation: a permanent block closes the player's streams, and both gateways refuse their sessions",
  story: Effect.gen(function* () {
    const { admin, gateways } = yield* Stack
    const player = yield* signIn("Rhea")
    const clients = [yield* clientAt(0, player.session), yield* clientAt(1, player.session)]
    const streams = yield* Effect.forEach(clients, (client) => listen(player, client))
    for (const client of clients) yield* client.call("user.account.get", {})

    yield* admin.post(`/users/${player.userId}/sanctions`, {
      sanction_code: "permanent_block",
      reason: "breaks what others build"
    })
    for (const { ended } of streams) assert.strictEqual(yield* ended, "SessionEnded")
    for (const client of clients) {
      assert.strictEqual(yield* refusalOf(client.call("user.account.get", {})), "session_revoked")
    }
    for (const gateway of gateways) {
      const code = yield* refusalOf(PublicEdge.sendEmailCode(gateway, { email: player.email }))
      assert.strictEqual(code, "account_permanently_blocked")
    }
    const { revocations } = yield* untilIt(
      "the ledger of revocations",
      admin.get<Ledger>(`/users/${player.userId}/revocations`),
      (it) => it.revocations.length > 0
    )
    assert.deepStrictEqual(
      revocations.map((it) => [it.device_session_id, it.actor_kind]),
      [[player.session.deviceSessionId, "admin_sanction"]]
    )
  })
}
