/** Galaxy inside a Hono app, with the gateway for players in the same process. */
import { createServer } from "node:http"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { createGateway } from "@galaxy/embed/gateway"
import { nodeListener } from "@galaxy/embed/node"
import { Hono } from "hono"
import { mount } from "hono/mount"

const { DATABASE_URL, GALAXY_SECRET, GATEWAY_TOKEN, GATEWAY_SIGNING_KEY, PORT = "3000", PLAYERS = "8080" } = process.env

const galaxy = await createGalaxy({
  database: DATABASE_URL,
  secret: GALAXY_SECRET,
  access: { gatewayToken: GATEWAY_TOKEN },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail) => console.log(`To ${mail.to}: ${mail.subject}`)
  },
  engines: "none"
})

const gateway = await createGateway({
  backend: galaxy,
  signingKey: GATEWAY_SIGNING_KEY,
  replay: { folder: "reservations" }
})
console.log("players use", await gateway.listen({ port: Number(PLAYERS) }))

const app = new Hono()
app.get("/", (c) => c.text("The club"))
app.all("/galaxy/*", mount(galaxy.fetch))
const server = createServer(nodeListener(app))
server.listen(Number(PORT), "127.0.0.1", () => console.log("listening", server.address()))

process.once("SIGTERM", () => {
  server.close()
  void galaxy.close()
})
