/**
 * The network between one browser and the gateway, as a forward proxy that a test directs: it counts the event streams,
 * ends them as proxies do, and alters what they carry.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { fromBinary, toBinary } from "@bufbuild/protobuf"
import { GatewayEventSchema } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"

/** A proxy of one browser. */
export interface Wire {
  /** Its origin. */
  readonly url: string
  /** One bit of the payload of each event that comes from now on is altered; its signature stays. */
  alters: boolean
  /** Streams that have been asked for since the beginning. */
  readonly asked: () => number
  /** Streams that are open now. */
  readonly open: () => number
  /** Kinds of the events that came, in their order. */
  readonly kinds: ReadonlyArray<string>
  /** Ends every stream without a word, as a proxy does after its timeout. */
  readonly end: () => void
  readonly close: () => Promise<void>
}

/** Bytes before a message of the Connect protocol: flags and length. The flag says that this is the stream's end. */
const headBytes = 5
const endFlag = 2

/** Splits what arrives into whole messages with their heads. */
const messages = () => {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer): ReadonlyArray<Buffer> => {
    rest = Buffer.concat([rest, chunk])
    const whole: Array<Buffer> = []
    while (rest.length >= headBytes && rest.length >= headBytes + rest.readUInt32BE(1)) {
      const end = headBytes + rest.readUInt32BE(1)
      whole.push(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
    return whole
  }
}

const altered = (message: Buffer): Buffer => {
  const event = fromBinary(GatewayEventSchema, message.subarray(headBytes))
  const payloadBytes = event.payloadBytes.slice()
  payloadBytes[payloadBytes.length - 1] = (payloadBytes.at(-1) ?? 0) ^ 1
  const body = toBinary(GatewayEventSchema, { ...event, payloadBytes })
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

/** Starts one on a free port. */
export const wire = async (): Promise<Wire> => {
  const open = new Set<ServerResponse>()
  const kinds: Array<string> = []
  let asked = 0
  let alters = false

  const carry = (answer: IncomingMessage, response: ServerResponse) => {
    const split = messages()
    answer.on("data", (chunk: Buffer) => {
      for (const message of split(chunk)) {
        const isEvent = (message[0] ?? 0) < endFlag
        const kind = isEvent ? fromBinary(GatewayEventSchema, message.subarray(headBytes)).eventType : ""
        if (isEvent) kinds.push(kind)
        const isOwn = kind.startsWith("gateway.")
        response.write(alters && isEvent && !isOwn ? altered(message) : message)
      }
    })
    answer.once("end", () => response.end())
  }

  const server = createServer((request, response) => {
    const { hostname, pathname, port, search } = new URL(request.url ?? "")
    const { "proxy-connection": _, ...headers } = request.headers
    const call = httpRequest({ hostname, port, path: `${pathname}${search}`, method: request.method, headers })
    const isStream = pathname.endsWith("/SubscribeEvents")
    if (isStream) {
      asked++
      open.add(response)
    }
    call.once("error", () => response.destroy())
    response.once("close", () => {
      open.delete(response)
      call.destroy()
    })
    call.once("response", (answer) => {
      answer.once("error", () => response.destroy())
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      response.flushHeaders()
      if (isStream && answer.statusCode === 200) carry(answer, response)
      else answer.pipe(response)
    })
    request.pipe(call)
  })
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get alters() {
      return alters
    },
    set alters(next) {
      alters = next
    },
    asked: () => asked,
    open: () => open.size,
    kinds,
    end: () => {
      for (const it of open) it.end()
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      })
  }
}
