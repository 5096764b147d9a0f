/**
 * Several processes of one server behind one port, in each way that Node has.
 *
 * Run as `primary.ts WAY COUNT PROGRAM ARGS…`. Tells its parent the port, and what all of its processes have used together.
 */
import cluster from "node:cluster"
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { handleOf } from "@galaxy/host-node/processes/cluster/handles"
import type { Usage } from "../usage.ts"

/** How connections come to the processes. */
export type Way = "round robin" | "shared socket" | "reuse port" | "by address"

const [way = "", count = "", program = "", ...args] = process.argv.slice(2)
const exec = fileURLToPath(new URL(`../${program}`, import.meta.url))
const stdio: ["ignore", "inherit", "inherit", "ipc"] = ["ignore", "inherit", "inherit", "ipc"]

/** What a process says first: its port. */
const portOf = async (child: ChildProcess): Promise<number> => {
  const [{ port }] = (await once(child, "message")) as [{ port: number }]
  return port
}

const clustered = async (policy: number): Promise<{ children: Array<ChildProcess>; port: number }> => {
  cluster.schedulingPolicy = policy
  cluster.setupPrimary({ exec, args })
  const children = Array.from({ length: Number(count) }, () => cluster.fork().process)
  const ports = await Promise.all(children.map(portOf))
  return { children, port: ports[0] ?? 0 }
}

const forked = (environment: Readonly<Record<string, string>>) =>
  Array.from({ length: Number(count) }, () => fork(exec, args, { stdio, env: { ...process.env, ...environment } }))

const handed = async () => {
  const children = forked({ BENCH_LISTENING: "handed" })
  await Promise.all(children.map(portOf))
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    let sum = 0
    for (const byte of (socket.remoteAddress ?? "").split(".")) sum = sum * 31 + Number(byte)
    const message = { type: "connection", ip: socket.remoteAddress }
    children[sum % children.length]?.send(message, handleOf(socket), {}, () => socket.destroy())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return { children, port: (server.address() as AddressInfo).port }
}

const reusing = async () => {
  // Holds the port without listening on it would be better; here nobody else takes it meanwhile.
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  const children = forked({ BENCH_LISTENING: "reusePort", BENCH_PORT: String(port) })
  await Promise.all(children.map(portOf))
  return { children, port }
}

const starts: Readonly<Record<Way, () => Promise<{ children: Array<ChildProcess>; port: number }>>> = {
  "round robin": () => clustered(cluster.SCHED_RR),
  "shared socket": () => clustered(cluster.SCHED_NONE),
  "reuse port": reusing,
  "by address": handed
}

const { children, port } = await starts[way as Way]()

const usages = async (): Promise<ReadonlyArray<Usage>> => {
  const { user, system } = process.cpuUsage()
  const own = { cpuMicros: user + system, loopMicros: 0, residentBytes: process.memoryUsage().rss }
  const others = children.map(async (child) => {
    child.send("usage")
    const [usage] = (await once(child, "message")) as [Usage]
    return usage
  })
  return [own, ...(await Promise.all(others))]
}

process.on("message", () => {
  void usages().then((all) => process.send?.(all))
})
process.on("disconnect", () => {
  for (const child of children) child.kill()
  process.exit()
})
process.send?.({ port })
