/** Requests whose method and path go out as they are written, over either version of HTTP. */
import { once } from "node:events"
import * as http2 from "node:http2"
import type { IncomingHttpHeaders } from "node:http"
import * as net from "node:net"

export interface Sent {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** One request on a connection of its own, without a client that would tidy it. */
export const overHttp1 = async (url: string, { body = "", headers = {}, method, path }: Sent): Promise<Answer> => {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  socket.on("error", () => undefined)
  const lines = Object.entries({ host: hostname, connection: "close", "content-length": body.length, ...headers })
  socket.end(`${method} ${path} HTTP/1.1\r\n${lines.map((it) => it.join(": ")).join("\r\n")}\r\n\r\n${body}`)
  let answer = ""
  for await (const chunk of socket.setEncoding("utf8")) answer += String(chunk)
  const end = answer.indexOf("\r\n\r\n")
  const [first = "", ...fields] = answer.slice(0, end).split("\r\n")
  const pairs = fields.map((it) => [it.slice(0, it.indexOf(":")).toLowerCase(), it.slice(it.indexOf(":") + 1).trim()])
  return {
    status: Number(first.split(" ")[1]),
    headers: Object.fromEntries(pairs) as IncomingHttpHeaders,
    text: answer.slice(end + 4)
  }
}

export const overHttp2 = async (url: string, { body, headers, method, path }: Sent): Promise<Answer> => {
  const session = http2.connect(url)
  try {
    const own = method === "CONNECT" ? { ":authority": path } : { ":path": path }
    const stream = session.request({ ...headers, ":method": method, ...own }, { endStream: false })
    stream.end(body)
    const [answer] = (await once(stream, "response")) as [http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader]
    let text = ""
    for await (const chunk of stream.setEncoding("utf8")) text += String(chunk)
    return { status: answer[":status"] ?? 0, headers: answer, text }
  } finally {
    session.destroy()
  }
}

export const versions = { "HTTP/1.1": overHttp1, "HTTP/2": overHttp2 }
