/** Galaxy inside a Fastify app, with notifications, a channel, a table and a route of the app's own. */
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { galaxyPlugin } from "@galaxy/embed/fastify"
import { kind } from "@galaxy/embed/kinds"
import Fastify from "fastify"
import { z } from "zod"

const { DATABASE_URL, GALAXY_SECRET, GATEWAY_TOKEN, PORT = "3000" } = process.env
const log = async (line: unknown) => console.log(line)

const galaxy = await createGalaxy({
  database: DATABASE_URL,
  secret: GALAXY_SECRET,
  access: { gatewayToken: GATEWAY_TOKEN },
  mail: { from: "Club <club@example.org>", send: (mail) => log(`To ${mail.to}: ${mail.subject}`) },
  engines: "none",
  kinds: { "club.match": kind({ payload: z.object({ title: z.string() }), channels: ["discord"] }) },
  channels: { discord: ({ user, key }) => log(`${user.userId} is told of ${key}`) }
})
await galaxy.sql`CREATE SCHEMA IF NOT EXISTS club`
await galaxy.sql`CREATE TABLE IF NOT EXISTS club.matches (game_id uuid PRIMARY KEY)`

const app = Fastify({ forceCloseConnections: true })
await app.register(galaxyPlugin(galaxy), { prefix: "/galaxy" })
app.post<{ Body: { title: string } }>("/matches", async (request, reply) => {
  const caller = await galaxy.caller(request)
  if (caller === null) return reply.code(401).send()
  const { title } = request.body
  return galaxy.transaction(async ({ sql, lobby, notify }) => {
    const turns = { min_players: 2, max_players: 4, turn_schedule: "0 6 * * *" }
    const game = await lobby.create(caller.userId, { game_name: title, ...turns })
    await sql`INSERT INTO club.matches (game_id) VALUES (${game.game_id})`
    await notify("club.match", { userId: caller.userId, key: game.game_id, payload: { title } })
    return game
  })
})
app.addHook("onClose", () => galaxy.close())
await app.listen({ port: Number(PORT) })
console.log("listening", app.server.address())
process.once("SIGTERM", () => void app.close())
