/** A client's event stream through an embedded gateway; everything is closed with the stream open. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { createGateway } from "@galaxy/embed/gateway"
import { Effect, Fiber, Stream } from "effect"

const code = Promise.withResolvers<string>()
const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { trustedNetwork: true },
  mail: {
    from: "Club <club@example.org>",
    send: async ({ text }) => code.resolve(/\b\d{8}\b/.exec(text)?.[0] ?? "")
  },
  engines: "none"
})
const gateway = await createGateway({ backend: galaxy, signingKey: new Uint8Array(32).fill(9), replay: "memory" })
const baseUrl = await gateway.listen({ port: 0 })

const connected = await Effect.runPromise(
  Effect.gen(function* () {
    const key = yield* Effect.promise(() => DeviceKey.generate())
    const challengeId = yield* PublicEdge.sendEmailCode(baseUrl, { email: "end@example.org" })
    const given = yield* Effect.promise(() => code.promise)
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(baseUrl, { challengeId, code: given, key })
    const client = yield* GalaxyClient.make({ baseUrl, session: { deviceSessionId, key } })
    const stream = yield* Effect.forkDetach(Stream.runDrain(client.events("now")))
    yield* client.call("user.account.get", {})
    return stream
  })
)
await galaxy.close()
await Effect.runPromise(Fiber.interrupt(connected))
const closed = performance.now()
process.once("exit", () => console.log(JSON.stringify({ streamed: true, tookMs: performance.now() - closed })))
