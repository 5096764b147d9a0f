/** The push port takes requests whose authority is none without ending the backend. */
import * as http2 from "node:http2"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"

/** Nothing is ever subscribed to here. */
const broker = Layer.succeed(PushBroker.PushBroker, {
  subscribe: () => Stream.never,
  size: Effect.succeed(0)
} as unknown as PushBroker.PushBroker["Service"])

it.live("an authority that makes no URL is answered with 400, again and again", () =>
  Effect.gen(function* () {
    const { port } = yield* PushServer.PushServer
    for (let round = 0; round < 3; round++) {
      const status = yield* Effect.promise(
        () =>
          new Promise((resolve) => {
            const session = http2.connect(`http://127.0.0.1:${port}`)
            const stream = session.request({
              ":method": "POST",
              ":path": "/galaxy.push.v1.Push/SubscribePush",
              ":authority": "a:99999",
              "content-type": "application/grpc+proto"
            })
            stream.end()
            stream.once("response", (headers) => {
              resolve(headers[":status"])
              session.destroy()
            })
          })
      )
      assert.strictEqual(status, 400)
    }
  }).pipe(
    Effect.provide(
      PushServer.layer({ host: "127.0.0.1", port: 0, callers: { trustedNetwork: true } }).pipe(Layer.provide(broker))
    )
  )
)
