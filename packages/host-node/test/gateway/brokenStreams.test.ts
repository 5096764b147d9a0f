/**
 * Streams that are over as soon as they come: a client gives up in the packet that asks, or breaks the protocol in it. Whatever
 * fails then is nobody's to catch, so a failure that nobody listens to would end the process, and with it everybody's streams.
 */
import { once } from "node:events"
import * as http2 from "node:http2"
import * as net from "node:net"
import * as tls from "node:tls"
import * as PushBroker from "@galaxy/core/push/PushBroker"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import * as PushServer from "@galaxy/host-node/push/PushServer"
import { assert, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { http2Frame, preface } from "./attackers.ts"
import { certificate, hasOpenssl } from "./certificate.ts"
import * as Fixture from "./fixture.ts"

const literal = (name: string, value: string) =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)])

/** A request of a path as gRPC's, without its body; with `x-forwarded-for` as a proxy sends it. */
const head = (path: string, port: number, isLibrarys: boolean) =>
  http2Frame(
    1,
    0x4,
    1,
    Buffer.concat([
      Buffer.from([0x83, 0x86]),
      literal(":path", path),
      literal(":authority", `127.0.0.1:${port}`),
      literal("content-type", "application/grpc+proto"),
      literal("te", "trailers"),
      // With it a call goes its slow way.
      ...(isLibrarys ? [literal("grpc-encoding", "identity")] : []),
      literal("x-forwarded-for", "203.0.113.7")
    ])
  )

const reset = (code: number) => http2Frame(3, 0, 1, Buffer.from([0, 0, 0, code]))

const data = (flags: number, ...bytes: ReadonlyArray<number>) => http2Frame(0, flags, 1, Buffer.from(bytes))
/** An empty message: it can be read, and is refused. */
const whole = data(1, 0, 0, 0, 0, 0)
const inTwo = Buffer.concat([data(0, 0, 0), data(1, 0, 0, 0)])

/** What comes in the same packet as the head of a request. */
const ends: Record<string, Buffer> = {
  "a reset for an error of the client": reset(2),
  "a reset for a protocol error": reset(1),
  "a cancel": reset(8),
  "data of a stream that was never opened": http2Frame(0, 0, 99, Buffer.from("x")),
  "a window of no size": http2Frame(8, 0, 1, Buffer.alloc(4)),
  "a window that is too large": http2Frame(8, 0, 1, Buffer.from([0x7f, 255, 255, 255])),
  "a frame of a wrong size": http2Frame(3, 0, 1, Buffer.from([0])),
  "a head that can't be read": http2Frame(1, 0x4, 3, Buffer.from([0xff, 0xff])),
  "an end without an error": reset(0),
  "part of a message and a reset": Buffer.concat([data(0, 0, 0, 0, 0, 9, 1), reset(2)]),
  "part of a message and an end without an error": Buffer.concat([data(0, 0, 0, 0, 0, 9, 1), reset(0)]),
  "a whole body and a reset": Buffer.concat([whole, reset(2)]),
  "a whole body and an end without an error": Buffer.concat([whole, reset(0)]),
  "a body in two parts and an end without an error": Buffer.concat([inTwo, reset(0)]),
  "a whole body and a broken connection": Buffer.concat([whole, http2Frame(0, 0, 99, Buffer.from("x"))]),
  "a goodbye": http2Frame(7, 0, 0, Buffer.alloc(8)),
  "a goodbye for an error": http2Frame(7, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 2])),
  nothing: Buffer.alloc(0)
}

const paths = [
  "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand",
  "/galaxy.gateway.v1.EdgeGateway/SubscribeEvents",
  "/grpc.health.v1.Health/Watch",
  "/galaxy.push.v1.Push/SubscribePush",
  "/"
]

/** What was caught by nobody while `act` ran. */
const uncaught = async (act: () => Promise<void>): Promise<ReadonlyArray<string>> => {
  const seen: Array<string> = []
  const see = (error: Error) => void seen.push(error.message)
  process.on("uncaughtExceptionMonitor", see)
  try {
    await act()
    return seen
  } finally {
    process.off("uncaughtExceptionMonitor", see)
  }
}

/** Sends everything in one packet and leaves when the other end has said something, or has closed. */
const send = async (open: () => net.Socket, bytes: Buffer) => {
  const socket = open().on("error", () => undefined)
  socket.write(bytes)
  await Promise.race([once(socket, "data"), once(socket, "close")]).catch(() => undefined)
  // The settings have come, and what was asked may be about to be answered.
  await new Promise((resolve) => setImmediate(resolve))
  if (bytes.length % 2 === 0) socket.destroy()
  else socket.end()
  if (!socket.destroyed) await once(socket.resume(), "close")
}

const endures = (port: number, open: () => net.Socket) =>
  Effect.gen(function* () {
    for (const [what, end] of Object.entries(ends)) {
      for (const path of paths) {
        for (const isLibrarys of [false, true]) {
          const bytes = Buffer.concat([preface, head(path, port, isLibrarys), end])
          const seen = yield* Effect.promise(() => uncaught(() => send(open, bytes)))
          assert.deepStrictEqual(seen, [], `${path}, ${what}`)
        }
      }
    }
  })

/** Nobody loses a connection for all that is reset here. */
const patient = { ...Fixture.generous, bounds: { resetsPerAddress: 1e6 } }

const plain = (port: number) => () => net.connect(port, "127.0.0.1")

it.live("the gateway survives every stream that is over as it comes", () =>
  Effect.gen(function* () {
    const { port } = yield* GatewayServer
    yield* endures(port, plain(port))
  }).pipe(Effect.provide(Fixture.gateway(patient)))
)

it.live("so it does where the stream comes from a proxy", () =>
  Effect.gen(function* () {
    const { port } = yield* GatewayServer
    yield* endures(port, plain(port))
  }).pipe(Effect.provide(Fixture.gateway({ ...patient, sources: { trustedProxies: ["127.0.0.1"] } })))
)

it.live.skipIf(!hasOpenssl)("so it does over TLS", () =>
  Effect.gen(function* () {
    const { port } = yield* GatewayServer
    yield* endures(port, () =>
      tls.connect({ port, host: "127.0.0.1", ALPNProtocols: ["h2"], rejectUnauthorized: false })
    )
  }).pipe(Effect.provide(Fixture.gateway({ ...patient, tls: certificate() })))
)

/** Bodies of one address that are read at the same time are fewer. */
const manyBodies = 12

for (const code of [0, 2, 8]) {
  it.live(`the gateway survives bodies that wait for their turn when their streams end with ${code}`, () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      const seen = yield* Effect.promise(() =>
        uncaught(async () => {
          const session = http2.connect(url)
          /** Everything that was sent has come. */
          const arrived = async () => {
            for (let round = 0; round < 3; round++) {
              await new Promise((resolve) => session.ping(() => setImmediate(resolve)))
            }
          }
          const streams = Array.from({ length: manyBodies }, () =>
            session
              .request({
                ":method": "POST",
                ":path": "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand",
                "content-type": "application/grpc+proto",
                "grpc-encoding": "identity",
                te: "trailers"
              })
              .on("error", () => undefined)
          )
          // The second part is left unread where the first has to wait.
          for (let part = 0; part < 2; part++) {
            for (const stream of streams) stream.write(Buffer.alloc(3))
            await arrived()
          }
          for (const stream of streams.toReversed()) stream.close(code)
          await arrived()
          session.destroy()
          await once(session, "close")
        })
      )
      assert.deepStrictEqual(seen, [])
    }).pipe(Effect.provide(Fixture.gateway(patient)))
  )
}

/** Nothing is ever subscribed to here. */
const broker = Layer.succeed(PushBroker.PushBroker, {
  subscribe: () => Stream.never,
  size: Effect.succeed(0)
} as unknown as PushBroker.PushBroker["Service"])

it.live("so does the port where gateways subscribe", () =>
  Effect.gen(function* () {
    const { port } = yield* PushServer.PushServer
    yield* endures(port, plain(port))
  }).pipe(
    Effect.provide(
      PushServer.layer({ host: "127.0.0.1", port: 0, callers: { trustedNetwork: true } }).pipe(Layer.provide(broker))
    )
  )
)
