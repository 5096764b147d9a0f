/**
 * Usual subscriptions are served without the library, and everything else by it: whatever a client sends, both say the same.
 *
 * A header that changes nothing sends a request the slow way: `grpc-encoding: identity`, or no version of Connect. A message in two
 * parts is read from Node's request.
 */
import * as http2 from "node:http2"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  GatewayEventSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { frame } from "./conformance/cells.ts"
import * as Fixture from "./fixture.ts"
import { happens, keeps, pushes, request } from "./subscription.ts"

const path = "/galaxy.gateway.v1.EdgeGateway/SubscribeEvents"

/** What a client has seen of one stream. */
interface Seen {
  head: http2.IncomingHttpHeaders
  trailers: Readonly<Record<string, unknown>>
  body: Buffer
}

const framesIn = (body: Buffer): ReadonlyArray<{ readonly flags: number | undefined; readonly bytes: Buffer }> => {
  const out = []
  for (let at = 0; at < body.length; ) {
    const end = at + 5 + body.readUInt32BE(at + 1)
    assert.isAtMost(end, body.length)
    out.push({ flags: body[at], bytes: body.subarray(at + 5, end) })
    at = end
  }
  return out
}

/** Opens a stream; `whole` resolves when it has ended, and `until` when it has brought so many frames. */
const subscribe = (url: string, { headers, isWhole }: Way, body: Uint8Array) => {
  const session = http2.connect(url)
  const stream = session.request({ ":method": "POST", ":path": path, ...headers })
  const seen: Seen = { head: {}, trailers: {}, body: Buffer.alloc(0) }
  stream.on("response", (head) => {
    seen.head = head
  })
  stream.on("trailers", (it) => {
    seen.trailers = { ...it }
  })
  let look = () => undefined as void
  let unseen: Array<Buffer> = []
  stream.on("data", (part: Buffer) => {
    unseen.push(part)
    look()
  })
  /** Put together only when somebody looks. */
  const gather = () => {
    if (unseen.length > 0) seen.body = Buffer.concat([seen.body, ...unseen])
    unseen = []
  }
  const whole = new Promise<Seen>((done, fail) => {
    stream.on("error", fail)
    stream.on("close", () => {
      session.close()
      gather()
      done(seen)
    })
  })
  const until = (frames: number) =>
    new Promise<void>((done) => {
      look = () => {
        gather()
        let count = 0
        for (let at = 0; seen.body.length - at >= 5; count++) at += 5 + seen.body.readUInt32BE(at + 1)
        if (count >= frames) done()
      }
      look()
    })
  if (isWhole) stream.end(body)
  else {
    // So that it doesn't come as one part.
    const middle = Math.floor(body.length / 2)
    stream.write(body.subarray(0, middle))
    stream.end(body.subarray(middle))
  }
  const leave = () => stream.close(http2.constants.NGHTTP2_CANCEL)
  return { whole, until, leave, seen, pause: () => stream.pause(), resume: () => stream.resume() }
}

const messageOf = (wish: Fixture.Wish & { readonly resumeAfter?: number } = {}) =>
  toBinary(SubscribeEventsRequestSchema, create(SubscribeEventsRequestSchema, request(wish)))

/** How a subscription is sent. */
interface Way {
  readonly headers: http2.OutgoingHttpHeaders
  readonly isWhole: boolean
}

/** On the stream itself, on Node's request and response, and by the library. */
const waysOf = (fast: http2.OutgoingHttpHeaders, slow: http2.OutgoingHttpHeaders): ReadonlyArray<Way> => [
  { headers: fast, isWhole: true },
  { headers: fast, isWhole: false },
  { headers: slow, isWhole: true }
]

const gRPC = { "content-type": "application/grpc+proto", te: "trailers" }
const forms = {
  gRPC: waysOf(gRPC, { ...gRPC, "grpc-encoding": "identity" }),
  Connect: waysOf(
    { "content-type": "application/connect+proto", "connect-protocol-version": "1" },
    { "content-type": "application/connect+proto" }
  )
}

/** Each stream has its own time, ids and signatures; everything else is compared. */
const comparable = ({ body, head, trailers }: Seen) => {
  const { date: _, ...headers } = head
  return {
    headers,
    trailers,
    frames: framesIn(body).map(({ bytes, flags }) => {
      if (flags !== 0) return { flags, text: bytes.toString() }
      const { eventId, eventType, payloadHash, requestId, sequence } = fromBinary(GatewayEventSchema, bytes)
      const isOwn = sequence === 0n
      return { flags, eventType, sequence, ...(isOwn ? {} : { eventId, requestId, payloadHash }) }
    })
  }
}

layer(Fixture.gateway({ ...Fixture.generous, edge: { maxPayloadBytes: 4_096 } }), { excludeTestServices: true })(
  "the fast way of usual subscriptions",
  (it) => {
    for (const [name, ways] of Object.entries(forms)) {
      /** Every way says the same. */
      const alike = (body: () => Uint8Array, why: string) =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          const answers = yield* Effect.promise(() => Promise.all(ways.map((way) => subscribe(url, way, body()).whole)))
          const [first, ...others] = answers.map(comparable)
          for (const other of others) assert.deepStrictEqual(other, first, why)
        })

      // oxlint-disable-next-line vitest/valid-title -- a name
      describe(name, () => {
        it.effect("begins, goes on and ends as the library does", () =>
          Effect.gen(function* () {
            const { url } = yield* GatewayServer
            const events = Array.from({ length: 5 }, (_, index) => Fixture.event(index + 1))
            yield* keeps(...events)
            const streams = ways.map((way) => subscribe(url, way, frame(messageOf({ resumeAfter: 2 }))))
            yield* Effect.promise(() => Promise.all(streams.map((it) => it.until(4))))
            yield* happens(Fixture.event(6, { payload: new Uint8Array(70_000).fill(7) }), Fixture.event(7))
            yield* Effect.promise(() => Promise.all(streams.map((it) => it.until(6))))
            yield* pushes({ type: "invalidation", deviceSessionId: "", userId: Fixture.userId, reason: "sanction" })
            const [first, ...others] = yield* Effect.promise(() => Promise.all(streams.map((it) => it.whole)))
            assert.isDefined(first)
            for (const other of others) assert.deepStrictEqual(comparable(other), comparable(first))
            const sequences = comparable(first).frames.flatMap((it) => ("sequence" in it ? [Number(it.sequence)] : []))
            assert.deepStrictEqual(sequences, [0, 3, 4, 5, 6, 7])
            yield* pushes({ type: "resume", outcome: "RESTARTED" })
          })
        )

        it.effect("refuses as the library does, with the same words", () =>
          Effect.gen(function* () {
            for (const wish of [
              { protocolVersion: "v9" },
              { deviceSessionId: "x" },
              { deviceSessionId: Fixture.unknownId },
              { deviceSessionId: Fixture.revokedId },
              { messageType: "user.account.get" },
              { requestId: "" },
              { sent: { payloadHash: new Uint8Array(32) } },
              { sent: { signature: new Uint8Array(64) } },
              { payload: Uint8Array.of(1, 2, 3) },
              { payload: new Uint8Array(5_000) },
              { resumeAfter: -1 }
            ]) {
              yield* alike(() => frame(messageOf(wish)), JSON.stringify(wish))
            }
          })
        )

        it.effect("has the library refuse what is malformed, cut short, doubled, compressed or too large", () =>
          Effect.gen(function* () {
            const whole = () => frame(messageOf({ deviceSessionId: Fixture.unknownId }))
            const random = new SeededRandom(13)
            const mutated = () => {
              const bytes = whole()
              bytes[random.below(bytes.length)] = random.below(256)
              return bytes
            }
            const bodies = [
              new Uint8Array(),
              Uint8Array.of(0),
              Uint8Array.of(0, 0, 0, 0, 0),
              whole().subarray(0, -1),
              Buffer.concat([whole(), whole()]),
              Buffer.concat([whole(), Buffer.of(0)]),
              frame(Uint8Array.of(255, 255, 255)),
              frame(Uint8Array.of(1, 2, 3), 1),
              frame(Uint8Array.of(1, 2, 3), 2),
              frame(new Uint8Array(40_000)),
              ...Array.from({ length: 40 }, mutated)
            ]
            for (const bytes of bodies) {
              yield* alike(() => bytes, Buffer.from(bytes).toString("hex"))
            }
          })
        )

        it.effect("gives a client that stops for a while everything that is kept, in order", () =>
          Effect.gen(function* () {
            const { url } = yield* GatewayServer
            const [way] = ways
            assert.isDefined(way)
            // More than the window, the buffers and the inbox hold.
            const count = 300
            const events = Array.from({ length: count }, (_, index) =>
              Fixture.event(index + 1, { payload: new Uint8Array(1_500).fill(9) })
            )
            yield* keeps()
            const slow = ways.map((it) => subscribe(url, it, frame(messageOf())))
            const reader = subscribe(url, way, frame(messageOf()))
            yield* Effect.promise(() => Promise.all([...slow, reader].map((it) => it.until(1))))
            for (const it of slow) it.pause()
            yield* happens(...events)
            // By then the others have been told of all, too.
            yield* Effect.promise(() => reader.until(count + 1))
            for (const it of slow) it.resume()
            yield* Effect.promise(() => Promise.all(slow.map((it) => it.until(count + 1))))
            for (const { seen } of slow) {
              assert.deepStrictEqual(
                comparable(seen).frames.map((it) => ("sequence" in it ? Number(it.sequence) : it.text)),
                Array.from({ length: count + 1 }, (_, index) => index)
              )
            }
            for (const it of [...slow, reader]) it.leave()
            yield* Effect.promise(() => Promise.allSettled([...slow, reader].map((it) => it.whole)))
          })
        )

        it.effect("makes room when its client goes away", () =>
          Effect.gen(function* () {
            const { url } = yield* GatewayServer
            // A session has four streams, and one more would end the oldest.
            for (let opened = 0; opened < 12; opened++) {
              const [, , library] = ways
              const way = ways[opened % 2] ?? library
              assert.isDefined(way)
              const stream = subscribe(url, way, frame(messageOf()))
              yield* Effect.promise(() => stream.until(1))
              stream.leave()
              yield* Effect.promise(() => stream.whole.catch(() => undefined))
            }
          })
        )
      })
    }
  }
)
