/** Uses a Galaxy behind a listener, closes both, and reports how long the process then took to end by itself. */
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { createGalaxy } from "@galaxy/embed/Galaxy"
import { nodeListener } from "@galaxy/embed/node"

const galaxy = await createGalaxy({
  database: process.env["DATABASE_URL"],
  secret: new Uint8Array(32).fill(7),
  access: { gatewayToken: process.env["GATEWAY_TOKEN"] },
  mail: { from: "Club <club@example.org>", send: async () => undefined },
  engines: "none"
})
const server = createServer(nodeListener(galaxy)).listen(0, "127.0.0.1")
await once(server, "listening")
const { status } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/readyz`)
server.close()
server.closeAllConnections()
await galaxy.close()
const closed = performance.now()
process.once("exit", () => console.log(JSON.stringify({ status, tookMs: performance.now() - closed })))
