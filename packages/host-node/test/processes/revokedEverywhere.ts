/** A session that is revoked through one gateway, whichever backend does it, is refused by all, and its streams end. */
import { assert } from "@effect/vitest"
import { Effect, type Scope, Stream } from "effect"
import { patiently } from "./parts.ts"
import type { platform } from "./twoByTwo.ts"

type Platform = Effect.Success<typeof platform>

/** Two sessions are revoked through each gateway. */
export const revokedEverywhere = ({
  clientOf,
  gateways,
  player
}: Platform): Effect.Effect<void, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const own = yield* player("ada", 2 * gateways.length)
    const urls = gateways.map(({ running }) => running().url)
    for (const [at, id] of own.ids.entries()) {
      const clients = yield* Effect.forEach(urls, (url) => clientOf(own, id, url))
      const ended: Array<string> = []
      for (const [place, client] of clients.entries()) {
        yield* client.call("user.account.get", {})
        const subscription = yield* client.subscribe("now")
        yield* Effect.forkScoped(Effect.exit(Stream.runDrain(subscription.events)))
        yield* Effect.forkScoped(
          Stream.runForEach(subscription.state, ({ _tag }) =>
            Effect.sync(() => {
              if (_tag === "ended") ended.push(`${place}`)
            })
          )
        )
        yield* Stream.runHead(Stream.filter(subscription.state, ({ _tag }) => _tag === "live"))
      }
      const owner = yield* clientOf(own, own.deviceSessionId, urls[at % urls.length])
      yield* owner.call("user.sessions.revoke", { device_session_id: id })
      for (const client of clients) {
        yield* client.call("user.account.get", {}).pipe(
          Effect.flip,
          Effect.flatMap(({ _tag }) => (_tag === "SessionEnded" ? Effect.void : Effect.fail(_tag))),
          Effect.retry(patiently)
        )
      }
      yield* Effect.suspend(() =>
        ended.length === clients.length ? Effect.void : Effect.fail("a stream goes on")
      ).pipe(Effect.retry(patiently))
      assert.sameMembers(ended, ["0", "1"])
    }
  })
