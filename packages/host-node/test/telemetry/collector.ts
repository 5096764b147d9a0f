/** A collector for tests: takes OTLP over gRPC and HTTP, decodes what it gets by the wire format alone, and can be told to fail. */
import { createServer as http1 } from "node:http"
import { createServer as http2 } from "node:http2"
import type { AddressInfo } from "node:net"
import { gunzipSync } from "node:zlib"

/** The fields of a protobuf message by their numbers; a nested message is bytes until it is read. */
export type Message = ReadonlyMap<number, ReadonlyArray<bigint | Buffer>>

const varint = (bytes: Buffer, at: number): readonly [bigint, number] => {
  let value = 0n
  for (let shift = 0n, next = at; ; shift += 7n, next++) {
    const byte = bytes[next] ?? 0
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return [value, next + 1]
  }
}

export const read = (bytes: Buffer): Message => {
  const fields = new Map<number, Array<bigint | Buffer>>()
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = varint(bytes, at)
    const add = (value: bigint | Buffer) => {
      const number = Number(tag >> 3n)
      fields.set(number, [...(fields.get(number) ?? []), value])
    }
    const kind = Number(tag & 7n)
    if (kind === 0) {
      const [value, next] = varint(bytes, start)
      add(value)
      at = next
    } else if (kind === 2) {
      const [length, begin] = varint(bytes, start)
      at = begin + Number(length)
      if (at > bytes.length) throw new Error("a field is cut off")
      add(bytes.subarray(begin, at))
    } else if (kind === 1 || kind === 5) {
      at = start + (kind === 1 ? 8 : 4)
      add(bytes.subarray(start, at))
    } else throw new Error(`wire type ${kind}`)
  }
  return fields
}

const bytesIn = (message: Message, field: number): ReadonlyArray<Buffer> =>
  (message.get(field) ?? []).filter((it) => typeof it !== "bigint")
const messages = (message: Message, field: number) => bytesIn(message, field).map(read)
const text = (message: Message, field: number) => bytesIn(message, field)[0]?.toString("utf8") ?? ""
const hex = (message: Message, field: number) => bytesIn(message, field)[0]?.toString("hex") ?? ""

const attributesOf = (message: Message, field: number): Readonly<Record<string, string>> =>
  Object.fromEntries(
    messages(message, field).map((it) => {
      const [value] = messages(it, 2)
      return [text(it, 1), value === undefined ? "" : text(value, 1) || String(value.get(3)?.[0] ?? "")]
    })
  )

export interface Span {
  readonly service: string
  readonly traceId: string
  readonly spanId: string
  readonly parent: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly links: ReadonlyArray<string>
}

/** What has come so far. */
export class Collected {
  readonly spans: Array<Span> = []
  readonly metrics: Array<{ readonly service: string; readonly name: string; readonly unit: string }> = []
  readonly lines: Array<{ readonly service: string; readonly text: string; readonly traceId: string }> = []
  readonly requests: Array<{ readonly path: string; readonly headers: Readonly<Record<string, unknown>> }> = []
  /** All bytes, to look for what must not be there. */
  raw = ""
  /** What the next batches are answered with; taken where there is nothing. */
  readonly faults: Array<"unavailable" | "silent"> = []
  #waiting: Array<() => void> = []

  /** A request is here, whatever it is answered. */
  came(path: string, headers: Readonly<Record<string, unknown>>): void {
    this.requests.push({ path, headers })
    this.#look()
  }

  #look(): void {
    for (const look of this.#waiting) look()
  }

  take(path: string, body: Buffer): void {
    this.raw += body.toString("latin1")
    const signal = /trace/i.test(path) ? "traces" : /metrics/i.test(path) ? "metrics" : "logs"
    for (const resource of messages(read(body), 1)) {
      const [about] = messages(resource, 1)
      const service = about === undefined ? "" : (attributesOf(about, 1)["service.name"] ?? "")
      for (const scope of messages(resource, 2)) {
        for (const item of messages(scope, 2)) {
          if (signal === "traces") {
            this.spans.push({
              service,
              traceId: hex(item, 1),
              spanId: hex(item, 2),
              parent: hex(item, 4),
              name: text(item, 5),
              attributes: attributesOf(item, 9),
              links: messages(item, 13).map((it) => hex(it, 1))
            })
          } else if (signal === "metrics") this.metrics.push({ service, name: text(item, 1), unit: text(item, 3) })
          else {
            const [said] = messages(item, 5)
            this.lines.push({ service, text: said === undefined ? "" : text(said, 1), traceId: hex(item, 9) })
          }
        }
      }
    }
    this.#look()
  }

  /** As soon as it holds. */
  until<A>(look: (it: this) => A | undefined): Promise<A> {
    return new Promise((resolve) => {
      const check = () => {
        const found = look(this)
        if (found === undefined) return
        this.#waiting = this.#waiting.filter((it) => it !== check)
        resolve(found)
      }
      this.#waiting.push(check)
      check()
    })
  }
}

const listening = (server: ReturnType<typeof http1> | ReturnType<typeof http2>) =>
  new Promise<string>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })

export interface Collector {
  readonly collected: Collected
  readonly httpUrl: string
  readonly grpcUrl: string
  readonly close: () => void
}

export const startCollector = async (): Promise<Collector> => {
  const collected = new Collected()
  const overHttp = http1((request, response) => {
    const parts: Array<Buffer> = []
    request
      .on("data", (part: Buffer) => parts.push(part))
      .on("end", () => {
        collected.came(request.url ?? "", request.headers)
        const fault = collected.faults.shift()
        if (fault === "silent") return
        const body = Buffer.concat(parts)
        if (fault === undefined) {
          collected.take(request.url ?? "", request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body)
        }
        response.writeHead(fault === undefined ? 200 : 503, { "content-type": "application/x-protobuf" }).end()
      })
  })
  const sessions = new Set<{ destroy: () => void }>()
  const overGrpc = http2()
  overGrpc.on("session", (session) => {
    sessions.add(session)
    session.on("close", () => sessions.delete(session))
  })
  overGrpc.on("stream", (stream, headers) => {
    const parts: Array<Buffer> = []
    stream.on("error", () => undefined)
    stream
      .on("data", (part: Buffer) => parts.push(part))
      .on("end", () => {
        const path = headers[":path"] ?? ""
        collected.came(path, headers)
        const fault = collected.faults.shift()
        if (fault === "silent") return
        const frame = Buffer.concat(parts)
        const message = frame.subarray(5, 5 + frame.readUInt32BE(1))
        if (fault === undefined) collected.take(path, frame[0] === 1 ? gunzipSync(message) : message)
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true })
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": fault === undefined ? "0" : "14" }))
        stream.end(Buffer.from([0, 0, 0, 0, 0]))
      })
  })
  const [httpUrl, grpcUrl] = await Promise.all([listening(overHttp), listening(overGrpc)])
  return {
    collected,
    httpUrl,
    grpcUrl,
    close: () => {
      overHttp.close()
      overHttp.closeAllConnections()
      overGrpc.close()
      for (const it of sessions) it.destroy()
    }
  }
}
