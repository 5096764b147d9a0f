/** How a server of these measurements gets its connections: by itself, beside others of its kind, or handed over by a primary. */
import type { AddressInfo, Server } from "node:net"
import { socketOf } from "@galaxy/host-node/processes/cluster/handles"
import { reportUsage } from "./usage.ts"

/** Listens as the environment says, and then tells the parent where. */
export const listening = (server: Server): void => {
  const told = () => reportUsage((server.address() as AddressInfo).port)
  switch (process.env["BENCH_LISTENING"]) {
    case "handed":
      process.on("message", (_message, handle) => {
        const socket = socketOf(handle)
        if (socket === undefined) return
        server.emit("connection", socket)
        socket.read(0)
      })
      reportUsage(0)
      return
    case "reusePort":
      server.listen({ host: "127.0.0.1", port: Number(process.env["BENCH_PORT"]), reusePort: true }, told)
      return
    default:
      server.listen(0, "127.0.0.1", told)
  }
}
