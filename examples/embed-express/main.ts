/** Galaxy inside an Express app, with mails by the app's own provider, an HTTP API at MAIL_API. */
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { MailDeferred, MailRejected } from "@galaxy/embed/mail"
import { nodeListener } from "@galaxy/embed/node"
import express from "express"

const { DATABASE_URL, GALAXY_SECRET, GATEWAY_TOKEN, MAIL_API = "", PORT = "3000" } = process.env

const galaxy = await createGalaxy({
  database: DATABASE_URL,
  secret: GALAXY_SECRET,
  access: { gatewayToken: GATEWAY_TOKEN },
  mail: {
    from: "Club <club@example.org>",
    send: async (mail, { signal }) => {
      const answer = await fetch(MAIL_API, { method: "POST", body: JSON.stringify(mail), signal })
      if (answer.status === 429 || answer.status >= 500) throw new MailDeferred(`${answer.status}`)
      if (!answer.ok) throw new MailRejected(`${answer.status}`)
      const { id } = (await answer.json()) as { id: string }
      return id
    }
  },
  engines: "none"
})

const app = express()
app.use("/galaxy", nodeListener(galaxy)) // before body parsers
app.use(express.json())
app.post("/echo", (request, response) => void response.json(request.body))
const server = app.listen(Number(PORT), "127.0.0.1", () => console.log("listening", server.address()))

process.once("SIGTERM", () => {
  server.close()
  void galaxy.close()
})
