/** The end of a session at two gateways, of which one wasn't there, or had lost its push stream, when it was revoked. */
import * as EventInbox from "@galaxy/client/EventInbox"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import { BackendServer } from "@galaxy/host-node/processes/BackendServer"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, signIn, type TestPlayer } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import * as parts from "../../src/internal/parts.ts"

/** A second gateway, with a link to the backend's push stream that can be broken; it can be ended before its scope is. */
const second = Effect.gen(function* () {
  const { pushUrl, url } = yield* BackendServer
  const link = yield* FaultyLink.to(pushUrl)
  const scope = yield* Effect.acquireRelease(Scope.make(), (it) => Scope.close(it, Exit.void))
  const context = yield* Layer.buildWithScope(
    Layer.fresh(parts.gateway({ url, pushUrl: link.via(pushUrl) }, { times: { drainMs: 100 } }, "second")).pipe(
      Layer.provide(ReplayStore.layerMemory())
    ),
    scope
  )
  return { url: Context.get(context, GatewayServer.GatewayServer).url, link, end: Scope.close(scope, Exit.void) }
})

/** The same session at another gateway, with an event stream that is open. */
const at = Effect.fnUntraced(function* (baseUrl: string, { name, session }: TestPlayer) {
  const client = yield* GalaxyClient.make({ baseUrl, session })
  yield* client.call("user.account.get", {})
  return { client, events: yield* EventInbox.open(client, { name }) }
})

const answer = (client: GalaxyClient.GalaxyClient) =>
  client.call("user.account.get", {}).pipe(
    Effect.as("ok"),
    Effect.catch((error) => Effect.succeed(error._tag))
  )

const ends = (by: TestPlayer, other: TestPlayer) =>
  by.client.call("user.sessions.revoke", { device_session_id: other.client.deviceSessionId })

layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })("a session that is revoked", (it) => {
  it.effect("ends at every gateway, and no other session does", () =>
    Effect.gen(function* () {
      const other = yield* second
      const phone = yield* player("Ida")
      const laptop = yield* signIn("Ida")
      const [phoneThere, laptopThere] = [yield* at(other.url, phone), yield* at(other.url, laptop)]
      yield* ends(laptop, phone)
      assert.deepStrictEqual(
        [yield* phone.events.ended, yield* phoneThere.events.ended],
        ["SessionEnded", "SessionEnded"]
      )
      assert.deepStrictEqual(
        [yield* answer(phoneThere.client), yield* answer(laptopThere.client), yield* answer(laptop.client)],
        ["SessionEnded", "ok", "ok"]
      )
    })
  )

  it.effect("ends at a gateway that hears of it once its push stream is back", () =>
    Effect.gen(function* () {
      const other = yield* second
      const [phone, laptop] = [yield* signIn("Joe"), yield* signIn("Joe")]
      const there = yield* at(other.url, phone)
      yield* other.link.refuseNew(true)
      yield* other.link.cut
      yield* ends(laptop, phone)
      yield* other.link.refuseNew(false)
      assert.strictEqual(yield* there.events.ended, "SessionEnded")
      assert.strictEqual(yield* answer(there.client), "SessionEnded")
    })
  )

  it.effect("is known to be over by a gateway that starts later", () =>
    Effect.gen(function* () {
      const [phone, laptop] = [yield* signIn("Kim"), yield* signIn("Kim")]
      yield* (yield* second).end
      yield* ends(laptop, phone)
      const { url } = yield* second
      const there = yield* GalaxyClient.make({ baseUrl: url, session: phone.session })
      assert.strictEqual(yield* answer(there), "SessionEnded")
    })
  )
})
