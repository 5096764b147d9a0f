/**
 * Ways to a gateway, spoken by hand on Node's sockets: HTTP/1.1 and HTTP/2, plain and over TLS.
 *
 * Nothing here knows a protocol of calls: a request is a head and bytes, and so is its answer.
 */
import * as http from "node:http"
import * as http2 from "node:http2"
import * as https from "node:https"

/** One request. */
export interface Sending {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  /** Written one after the other. */
  readonly parts: ReadonlyArray<Uint8Array>
  /** False leaves the request open behind its parts. */
  readonly ends: boolean
  /** Asked whenever something of the answer has come: true goes away, without a word. */
  readonly leaves: (body: Buffer) => boolean
  /** We go away when it resolves. */
  readonly goes?: Promise<void> | undefined
}

/** What came back. `cut` tells that the answer has no end: we went away, or it was reset. */
export interface Exchange {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly trailers: Readonly<Record<string, string>>
  readonly cut: boolean
  /** Over HTTP/2 the head was all there is: it carried the end of the stream. */
  readonly endsWithHead: boolean
}

export interface Channel {
  readonly name: "HTTP/1.1" | "h2c" | "HTTP/1.1 over TLS" | "h2 over TLS"
  readonly isHttp2: boolean
  readonly exchange: (sending: Sending) => Promise<Exchange>
  readonly close: () => void
}

/** An exchange that takes longer has hung. */
const patienceMs = 20_000

const texts = (headers: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !name.startsWith(":"))
      .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : String(value)])
  )

/** Collects an answer; `done` is called once. */
class Answer {
  #status = 0
  #headers: Record<string, string> = {}
  #trailers: Record<string, string> = {}
  #endsWithHead = false
  readonly #parts: Array<Buffer> = []
  readonly #late: NodeJS.Timeout
  readonly #leaves: (body: Buffer) => boolean
  readonly #resolve: (exchange: Exchange) => void
  readonly #away: () => void

  constructor(
    sending: Sending,
    away: () => void,
    resolve: (exchange: Exchange) => void,
    reject: (error: Error) => void
  ) {
    this.#leaves = sending.leaves
    this.#resolve = resolve
    this.#away = away
    void sending.goes?.then(() => {
      this.over(true)
      away()
    })
    this.#late = setTimeout(() => {
      reject(new Error(`no answer to ${sending.method} ${sending.path} within ${patienceMs} ms`))
      away()
    }, patienceMs)
  }

  head(status: number, headers: object, ends = false): void {
    this.#endsWithHead = ends
    this.#status = status
    this.#headers = texts(headers)
  }

  end(trailers: object): void {
    this.#trailers = { ...this.#trailers, ...texts(trailers) }
  }

  part(bytes: Buffer): void {
    this.#parts.push(bytes)
    if (!this.#leaves(Buffer.concat(this.#parts))) return
    this.over(true)
    this.#away()
  }

  over(cut: boolean): void {
    clearTimeout(this.#late)
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: Buffer.concat(this.#parts),
      trailers: this.#trailers,
      cut,
      endsWithHead: this.#endsWithHead
    })
  }
}

const overHttp1 = (name: Channel["name"], url: string, ca: string | undefined): Channel => {
  const agent =
    ca === undefined
      ? new http.Agent({ keepAlive: true, maxSockets: 8 })
      : new https.Agent({ keepAlive: true, maxSockets: 8, ca })
  const { request } = ca === undefined ? http : https
  return {
    name,
    isHttp2: false,
    exchange: (sending) =>
      new Promise((resolve, reject) => {
        const size = sending.parts.reduce((sum, part) => sum + part.length, 0)
        const isChunked = !sending.ends || "transfer-encoding" in sending.headers
        const length = isChunked ? {} : { "content-length": String(size) }
        const outgoing = request(new URL(sending.path, url), {
          agent,
          method: sending.method,
          headers: { ...length, ...sending.headers }
        })
        const answer = new Answer(sending, () => outgoing.destroy(), resolve, reject)
        outgoing.on("error", () => answer.over(true))
        outgoing.on("response", (incoming) => {
          answer.head(incoming.statusCode ?? 0, incoming.headers)
          incoming.on("data", (part: Buffer) => answer.part(part))
          incoming.on("end", () => answer.end(incoming.trailers))
          incoming.on("error", () => undefined)
          incoming.on("close", () => {
            if (!sending.ends) outgoing.destroy()
            answer.over(!incoming.complete)
          })
        })
        outgoing.flushHeaders()
        for (const part of sending.parts) outgoing.write(part)
        if (sending.ends) outgoing.end()
      }),
    close: () => agent.destroy()
  }
}

const overHttp2 = (name: Channel["name"], url: string, ca: string | undefined): Channel => {
  let session: http2.ClientHttp2Session | undefined
  const connected = () => {
    if (session === undefined || session.closed || session.destroyed) {
      session = http2.connect(url, ca === undefined ? {} : { ca })
      session.on("error", () => undefined)
    }
    return session
  }
  return {
    name,
    isHttp2: true,
    exchange: (sending) =>
      new Promise((resolve, reject) => {
        const head = { ":method": sending.method, ":path": sending.path, ...sending.headers }
        const stream = connected().request(head, { endStream: false })
        const answer = new Answer(sending, () => stream.close(http2.constants.NGHTTP2_CANCEL), resolve, reject)
        let isWhole = false
        stream.on("response", (headers, flags) =>
          answer.head(Number(headers[":status"]), headers, (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0)
        )
        stream.on("trailers", (trailers: object) => answer.end(trailers))
        stream.on("data", (part: Buffer) => answer.part(part))
        stream.on("end", () => {
          isWhole = stream.rstCode === http2.constants.NGHTTP2_NO_ERROR
          if (!sending.ends) stream.end()
        })
        stream.on("error", () => undefined)
        stream.on("close", () => answer.over(!isWhole))
        for (const part of sending.parts) stream.write(part)
        if (sending.ends) stream.end()
      }),
    close: () => session?.destroy()
  }
}

/** The channels to a plain gateway, and to one with TLS if there is one. */
export const channelsTo = (plain: string, encrypted: { readonly url: string; readonly ca: string } | undefined) => [
  overHttp1("HTTP/1.1", plain, undefined),
  overHttp2("h2c", plain, undefined),
  ...(encrypted === undefined
    ? []
    : [
        overHttp1("HTTP/1.1 over TLS", encrypted.url, encrypted.ca),
        overHttp2("h2 over TLS", encrypted.url, encrypted.ca)
      ])
]
