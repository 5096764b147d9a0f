/** Ports of a Docker double's containers, which are ports on loopback. */
import { createServer } from "node:net"
import { Refusal } from "./Container.ts"

/** Reserves a port as publishing does: it fails where somebody else listens. */
export const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", () => {
      const at = `127.0.0.1:${wanted}`
      reject(
        new Refusal(
          500,
          `driver failed programming external connectivity on endpoint: Error starting userland proxy: listen tcp4 ${at}: bind: address already in use`
        )
      )
    })
    server.listen(wanted, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : wanted))
    })
  })
