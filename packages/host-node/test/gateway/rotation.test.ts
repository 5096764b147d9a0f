/** Gateways of one platform change their key one after the other: no client stops, and none trusts blindly. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as Endorsements from "@galaxy/host-node/gateway/keys/endorsements"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as SigningKey from "@galaxy/host-node/gateway/keys/signingKey"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as Fixture from "./fixture.ts"

const [old, next] = [new Uint8Array(32).fill(21), new Uint8Array(32).fill(22)]
const publicKey = (seed: Uint8Array) => new Uint8Array(SigningKey.publicKeyOf(seed))

const gateway = (seed: Uint8Array, expiresAtMs: number) =>
  Effect.map(
    Layer.build(
      Fixture.gateway(
        { edge: { endorsedKeys: Endorsements.endorse(old, next, expiresAtMs) } },
        ReplayStore.layerMemory(),
        seed
      )
    ),
    (built) => Context.get(built, GatewayServer).url
  )

const session = {
  deviceSessionId: Fixture.sessionId as DeviceSessionId,
  key: DeviceKey.fromSeed(new Uint8Array(32).fill(1))
}

const connect = (baseUrl: string, pin: Uint8Array<ArrayBuffer>, moves: Array<Uint8Array> = []) =>
  GalaxyClient.make({ baseUrl, session, gatewayKey: pin, onGatewayKey: (key) => moves.push(key) })

it.live("a pinned old key leads to the new one, which leads back while both sign", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const soon = Date.now() + 3_600_000
      const [first, second] = yield* Effect.all([gateway(old, soon), gateway(next, soon)])
      const moves: Array<Uint8Array> = []
      const moving = yield* connect(second, publicKey(old), moves)
      yield* moving.call("user.sessions.list", {})
      assert.deepStrictEqual([moving.gatewayKey, ...moves], [publicKey(next), publicKey(next)])
      const back = yield* connect(first, publicKey(next))
      yield* back.call("user.sessions.list", {})
      assert.deepStrictEqual(back.gatewayKey, publicKey(next))
      const stranger = yield* connect(second, publicKey(new Uint8Array(32).fill(23)))
      const refused = yield* Effect.flip(stranger.call("user.sessions.list", {}))
      assert.deepInclude(refused, { _tag: "Untrusted", reason: "key_not_published" })
    })
  )
)

it.live("once the old key has expired nothing is published, and whoever still pins it is told so", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const url = yield* gateway(next, Date.now() - 1)
      const info = yield* Effect.promise(async () => (await fetch(`${url}/api/v1/public/gateway-info`)).json())
      assert.notProperty(info, "signing_keys")
      const late = yield* connect(url, publicKey(old))
      const refused = yield* Effect.flip(late.call("user.sessions.list", {}))
      assert.deepInclude(refused, { _tag: "Untrusted", reason: "key_not_published" })
    })
  )
)
