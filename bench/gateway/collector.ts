/** A collector that takes everything and keeps nothing: a program of its own, so that its CPU time isn't the gateway's. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume()
  request.on("end", () => response.writeHead(200).end())
})
server.listen(0, "127.0.0.1", () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on("disconnect", () => process.exit())
