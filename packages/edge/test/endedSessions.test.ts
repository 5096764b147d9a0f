/** Whoever ends sessions through a gateway isn't served by it under them again. */
import { revokeEnded } from "@galaxy/edge/endedSessions"
import { SessionCache } from "@galaxy/edge/SessionCache"
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"

const recording = () => {
  const revoked: Array<string> = []
  const cache = SessionCache.of({
    get: () => Effect.succeed(Option.none()),
    find: () => Option.none(),
    recheck: () => Effect.succeed(Option.none()),
    onRevoked: () => () => undefined,
    isCurrent: () => true,
    revokeSession: (id) => Effect.sync(() => void revoked.push(`session ${id}`)),
    revokeUser: (id) => Effect.sync(() => void revoked.push(`user ${id}`)),
    setFollowed: () => Effect.void,
    clear: Effect.void
  })
  return { revoked, cache }
}

for (const [messageType, json, expected] of [
  ["user.sessions.revoke", { revoked: ["a"] }, ["session a"]],
  ["user.sessions.revoke", { revoked: [] }, []],
  ["user.sessions.revoke_all", { revoked: ["a", "b"] }, ["session a", "session b"]],
  ["user.sessions.revoke_all", { later: true }, []],
  ["user.account.delete", {}, ["user u"]],
  ["user.sessions.list", { revoked: ["a"] }, []]
] as const) {
  it.effect(`${messageType} with ${JSON.stringify(json)} ends ${expected.join(", ") || "none"}`, () =>
    Effect.gen(function* () {
      const { revoked, cache } = recording()
      yield* revokeEnded(cache, { messageType, userId: "u", deviceSessionId: "s", json }) ?? Effect.void
      assert.deepStrictEqual(revoked, [...expected])
    })
  )
}
