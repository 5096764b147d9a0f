/** Galaxy behind `node:http`: mails are printed. DATABASE_URL, GALAXY_SECRET and GATEWAY_TOKEN must be set. */
import { createServer } from "node:http"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { nodeListener } from "@galaxy/embed/node"

const { DATABASE_URL, GALAXY_SECRET, GATEWAY_TOKEN, PORT = "3000" } = process.env

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

const server = createServer(nodeListener(galaxy))
server.listen(Number(PORT), "127.0.0.1", () => console.log("listening", server.address()))

process.once("SIGTERM", () => {
  server.close()
  void galaxy.close()
})
