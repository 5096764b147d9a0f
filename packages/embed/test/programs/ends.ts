/**
 * A Galaxy behind a listener, with a client's event stream through its gateway. Closes everything with the stream open,
 * and reports how long the process then took to end by itself.
 */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { createGateway } from "@galaxy/embed/gateway"
import type { Mail } from "@galaxy/embed/mail"
import { nodeListener } from "@galaxy/embed/node"
import { Galaxy } from "@galaxy/testkit/Galaxy"
import { signIn } from "@galaxy/testkit/players"
import { Effect, Fiber, Layer, Stream } from "effect"

const mails: Array<Mail> = []
const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { gatewayToken: process.env["GATEWAY_TOKEN"] },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail) => {
      mails.push(mail)
    }
  },
  engines: "none"
})
const server = createServer(nodeListener(galaxy)).listen(0, "127.0.0.1")
await once(server, "listening")
const { status } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`)

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
server.close()
server.closeAllConnections()
await galaxy.close()
await Effect.runPromise(Fiber.interrupt(connected))
const closed = performance.now()
process.once("exit", () => console.log(JSON.stringify({ status, streamed: true, tookMs: performance.now() - closed })))
