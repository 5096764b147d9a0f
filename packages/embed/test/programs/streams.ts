/** A client's event stream through an embedded gateway; everything is closed with the stream open. */
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { createGateway } from "@galaxy/embed/gateway"
import type { Mail } from "@galaxy/embed/mail"
import { Galaxy } from "@galaxy/testkit/Galaxy"
import { signIn } from "@galaxy/testkit/players"
import { Effect, Fiber, Layer, Stream } from "effect"

const mails: Array<Mail> = []
const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { trustedNetwork: true },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail) => {
      mails.push(mail)
    }
  },
  engines: "none"
})
const gateway = await createGateway({ backend: galaxy, signingKey: new Uint8Array(32).fill(9), replay: "memory" })
const baseUrl = await gateway.listen({ port: 0 })

const players = Layer.succeed(Galaxy, {
  gatewayUrl: baseUrl,
  backendUrl: baseUrl,
  admin: { user: "", password: "" },
  advance: () => Effect.void,
  mails: Effect.sync(() => mails)
})

const connected = await Effect.runPromise(
  Effect.gen(function* () {
    const { client } = yield* signIn("Ada")
    const stream = yield* Effect.forkDetach(Stream.runDrain(client.events("now")))
    yield* client.call("user.account.get", {})
    return stream
  }).pipe(Effect.provide(players))
)
await galaxy.close()
await Effect.runPromise(Fiber.interrupt(connected))
const closed = performance.now()
process.once("exit", () => console.log(JSON.stringify({ streamed: true, tookMs: performance.now() - closed })))
