/** Clients that hold what they can, in raw bytes, and a bystander who only wants an answer. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import { fileURLToPath } from "node:url"

export const rpcPath = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"
const mebibyte = 1_048_576

// ----------------------------------------------------------------------------------------------- the process

/** A gateway with a small heap. */
export class Gateway {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start(): Promise<Gateway> {
    const main = fileURLToPath(new URL("fixtures/boundedGateway.ts", import.meta.url))
    const child = spawn(
      process.execPath,
      [
        "--conditions=@galaxy/source",
        "--disable-warning=ExperimentalWarning",
        "--max-old-space-size=512",
        "--expose-gc",
        main
      ],
      { stdio: ["pipe", "pipe", "inherit"] }
    )
    const port = await new Promise<number>((resolve, reject) => {
      let output = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text
        const found = /listens on (\d+)/.exec(output)
        if (found !== null) resolve(Number(found[1]))
      })
      child.once("exit", () => reject(new Error(`the gateway ended:\n${output}`)))
    })
    return new Gateway(child, port)
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Bytes of memory in use; 0 once it has ended. */
  get residentBytes(): number {
    if (!this.isAlive) return 0
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8")
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024
  }

  /** Bytes that it still needs after a collection of garbage; 0 once it has ended. */
  async usedBytes(): Promise<number> {
    if (!this.isAlive) return 0
    const { stdin, stdout } = this.#child
    const said = new Promise<number>((resolve) => {
      let output = ""
      const read = (text: string) => {
        output += text
        const found = /uses (\d+)\n/.exec(output)
        if (found === null) return
        stdout?.off("data", read)
        resolve(Number(found[1]))
      }
      stdout?.on("data", read)
      this.#child.once("exit", () => resolve(0))
    })
    stdin?.write("uses?\n")
    return said
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return
    const ended = once(this.#child, "exit")
    this.#child.kill("SIGKILL")
    await ended
  }
}

/** An attack that has begun. */
export class Attack {
  readonly #child: ChildProcess
  /** When it has done what it does; what it holds it goes on holding. */
  isDone = false

  constructor(kind: "streams" | "bodies" | "resets", port: number, ...numbers: ReadonlyArray<number>) {
    const main = fileURLToPath(new URL("fixtures/attacker.ts", import.meta.url))
    this.#child = spawn(
      process.execPath,
      [
        "--conditions=@galaxy/source",
        "--disable-warning=ExperimentalWarning",
        main,
        kind,
        ...[port, ...numbers].map(String)
      ],
      { stdio: ["pipe", "pipe", "inherit"] }
    )
    const done = () => {
      this.isDone = true
    }
    this.#child.stdout?.once("data", done)
    this.#child.once("exit", done)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, "exit")
    this.#child.kill("SIGKILL")
    await ended
  }
}

// ----------------------------------------------------------------------------------------------- the bystander

/** Milliseconds until `/healthz` is answered to another address; infinite when it isn't. */
export const healthz = (port: number, from = "127.0.0.2"): Promise<number> => {
  const begun = performance.now()
  return new Promise((resolve) => {
    const request = http.get(
      { host: "127.0.0.1", port, path: "/healthz", localAddress: from, agent: false, timeout: 30_000 },
      (response) => {
        response.resume().once("end", () => resolve(performance.now() - begun))
      }
    )
    request.once("timeout", () => request.destroy())
    request.once("error", () => resolve(Number.POSITIVE_INFINITY))
  })
}

/** The longest of several answers, one after the other, until `over`. */
export const slowest = async (port: number, over: () => boolean): Promise<number> => {
  let worst = 0
  do worst = Math.max(worst, await healthz(port))
  while (!over() && worst < Number.POSITIVE_INFINITY)
  return worst
}

// ----------------------------------------------------------------------------------------------- raw HTTP/2

/** What a connection of HTTP/2 begins with: the preface, and settings that set nothing. */
export const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", "latin1")

/** A frame of HTTP/2, by the numbers of its type and its flags. */
export const http2Frame = (type: number, flags: number, stream: number, payload: Uint8Array): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

const literal = (name: ReadonlyArray<number>, value: string) =>
  Buffer.concat([Buffer.from([...name, value.length]), Buffer.from(value, "latin1")])

/** A call of gRPC that goes on: POST, without an end of the stream. */
const headers = (stream: number) =>
  http2Frame(
    1,
    0x4,
    stream,
    Buffer.concat([
      Buffer.from([0x83, 0x86]),
      literal([0x04], rpcPath),
      literal([0x01], "localhost"),
      literal([0x0f, 0x10], "application/grpc")
    ])
  )

/** What a trusted proxy adds. */
const forwardedFor = (client: string) => literal([0x00, 15, ...Buffer.from("x-forwarded-for")], client)

/** `GET /healthz`, complete. */
const probe = (stream: number, client: string) =>
  http2Frame(
    1,
    0x5,
    stream,
    Buffer.concat([
      Buffer.from([0x82, 0x86]),
      literal([0x04], "/healthz"),
      literal([0x01], "localhost"),
      forwardedFor(client)
    ])
  )

const reset = (stream: number) => http2Frame(3, 0, stream, Buffer.from([0, 0, 0, 8]))

const idOf = (index: number) => index * 2 + 1

const series = (count: number, each: (stream: number) => ReadonlyArray<Buffer>, first = 0) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => each(idOf(first + index))).flat())

export const openStreams = (count: number) => Buffer.concat([preface, series(count, (id) => [headers(id)])])

export const resetStreams = (count: number) => Buffer.concat([preface, series(count, (id) => [headers(id), reset(id)])])

/** Probes of a client of a proxy, of which each is reset at once. */
export const resetProbes = (count: number, client: string) =>
  Buffer.concat([preface, series(count, (id) => [probe(id, client), reset(id)])])

/** The probe with this number on its connection. */
export const nextProbe = (index: number, client: string) => probe(idOf(index), client)

// ----------------------------------------------------------------------------------------------- attackers

/** A connection that is refused, reset or closed at any time is no matter. */
export const connect = (port: number, from = "127.0.0.1"): net.Socket => {
  const socket = net.connect({ host: "127.0.0.1", port, localAddress: from, noDelay: true })
  return socket.on("error", () => undefined)
}

export const closed = (socket: net.Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once("close", () => resolve())
  })

export const destroyAll = (sockets: ReadonlyArray<net.Socket>) => {
  for (const socket of sockets) socket.destroy()
}

/** The number of streams that the other end had begun when it said goodbye (GOAWAY) on a connection; undefined if it didn't. */
export const begunAtGoodbye = (received: Buffer): number | undefined => {
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
    if (received[at + 3] === 7 && at + 13 <= received.length) return (received.readUInt32BE(at + 9) + 1) / 2
  }
  return undefined
}

/** Connections with open streams that say nothing more. */
export const silentStreams = (port: number, connections: number, streams: number): ReadonlyArray<net.Socket> => {
  const bytes = openStreams(streams)
  return Array.from({ length: connections }, () => {
    const socket = connect(port).resume()
    socket.write(bytes)
    return socket
  })
}

/** Requests whose bodies lack their end. */
export const withheldBodies = (port: number, requests: number): ReadonlyArray<net.Socket> => {
  const head = `POST ${rpcPath} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\nConnect-Protocol-Version: 1\r\nContent-Length: 1390000\r\n\r\n`
  const body = Buffer.alloc(1_350_000)
  return Array.from({ length: requests }, () => {
    const socket = connect(port).resume()
    socket.write(head)
    socket.write(body)
    return socket
  })
}

/** Opens a connection, sends resets, and does so again when it is cut off, until `over`. Answers how often. */
export const loopResets = async (port: number, streams: number, over: () => boolean): Promise<number> => {
  const bytes = resetStreams(streams)
  let rounds = 0
  while (!over()) {
    const socket = connect(port).resume()
    await new Promise<void>((resolve) => {
      // What isn't cut off is closed by the sender once it is all written.
      socket.write(bytes, () => socket.end())
      socket.once("close", () => resolve())
      setTimeout(() => socket.destroy(), 10_000).unref()
    })
    rounds += 1
  }
  return rounds
}

/** How many bytes of a chunked body without an end are taken, at most `most`. */
export const endlessBody = async (port: number, path: string, most: number): Promise<number> => {
  const socket = connect(port).resume()
  const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(65_536), Buffer.from("\r\n")])
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\nConnect-Protocol-Version: 1\r\nTransfer-Encoding: chunked\r\n\r\n`
  )
  const gone = closed(socket)
  let sent = 0
  while (!socket.destroyed && socket.writable && sent < most) {
    sent += chunk.length
    if (!socket.write(chunk)) await Promise.race([once(socket, "drain").catch(() => undefined), gone])
  }
  socket.destroy()
  return sent
}

export const inMebibytes = (bytes: number) => Math.round(bytes / mebibyte)
