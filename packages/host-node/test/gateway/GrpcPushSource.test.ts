/** Push streams that go wrong on the wire: what they end with, and that they end. */
import * as http2 from "node:http2"
import type { AddressInfo } from "node:net"
import * as GrpcPushSource from "@galaxy/host-node/gateway/GrpcPushSource"
import { PushSource } from "@galaxy/edge/hub/PushSource"
import * as FaultyLink from "@galaxy/testkit/FaultyLink"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Layer, Stream } from "effect"
import { frame } from "./conformance/cells.ts"

/** A backend whose streams send these bytes, end with this status, or stay open where there is none. */
const backend = (bytes: ReadonlyArray<Uint8Array>, end?: { readonly status: number; readonly message: string }) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
      const sessions = new Set<http2.ServerHttp2Session>()
      const server = http2.createServer()
      server.on("session", (session) => sessions.add(session))
      server.on("stream", (stream) => {
        stream.on("error", () => undefined)
        stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true })
        if (end !== undefined) {
          stream.on("wantTrailers", () =>
            stream.sendTrailers({ "grpc-status": `${end.status}`, "grpc-message": end.message })
          )
        }
        for (const it of bytes) stream.write(it)
        if (end !== undefined) stream.end()
      })
      server.listen(0, "127.0.0.1", () => {
        const close = () => {
          for (const session of sessions) session.destroy()
          server.close()
        }
        resume(Effect.succeed({ port: (server.address() as AddressInfo).port, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** Says that it has this length, and has another. */
const ofLength = (frame: Buffer, length: number): Buffer => {
  frame.writeUInt32BE(length, 1)
  return frame
}

/** `FRESH`, at the cursor "7.7". */
const resume = frame(Buffer.concat([Buffer.from([10, 3]), Buffer.from("7.7"), Buffer.from([34, 2, 8, 2])]))

/** What was read before the end, and what it ended with. */
const outcome = (port: number) =>
  Effect.gen(function* () {
    const made = yield* Layer.build(
      GrpcPushSource.layer({ urls: [`http://127.0.0.1:${port}`], clientId: "one", beginTimeoutMs: 300 })
    )
    const seen: Array<string> = []
    const lost = yield* Context.get(made, PushSource)
      .frames("7.6")
      .pipe(
        Stream.runForEach((it) => Effect.sync(() => seen.push(`${it.type} ${it.cursor}`))),
        Effect.flip
      )
    return { seen, message: lost.message, unreadable: lost.unreadable === true }
  })

describe("a push stream", () => {
  const unreadable: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["no message", frame(Uint8Array.of(255, 255, 255))],
    ["larger than any event", ofLength(frame(new Uint8Array(16)), 5 * 1_048_576)]
  ]
  for (const [what, bytes] of unreadable) {
    it.live(`with a frame that is ${what} ends as unreadable`, () =>
      Effect.gen(function* () {
        const { port } = yield* backend([resume, bytes])
        const { seen, unreadable: is } = yield* outcome(port)
        assert.deepStrictEqual(seen, ["resume 7.7"])
        assert.isTrue(is)
      }).pipe(Effect.scoped)
    )
  }

  it.live("that breaks off is merely lost", () =>
    Effect.gen(function* () {
      const { port } = yield* backend([resume], { status: 14, message: "the backend is shutting down" })
      assert.deepStrictEqual(yield* outcome(port), {
        seen: ["resume 7.7"],
        message: "[unavailable] the backend is shutting down",
        unreadable: false
      })
    }).pipe(Effect.scoped)
  )

  it.live("that ends without an error is lost, too", () =>
    Effect.gen(function* () {
      const { port } = yield* backend([resume], { status: 0, message: "" })
      assert.deepStrictEqual(yield* outcome(port), {
        seen: ["resume 7.7"],
        message: "[unavailable] the backend has ended the stream",
        unreadable: false
      })
    }).pipe(Effect.scoped)
  )

  it.live("that another of its name has replaced says what to do", () =>
    Effect.gen(function* () {
      const { port } = yield* backend([resume], { status: 10, message: "replaced" })
      const { message, unreadable: is } = yield* outcome(port)
      assert.match(message, /another gateway has subscribed as one; .*GATEWAY_CLIENT_ID/)
      assert.isFalse(is)
    }).pipe(Effect.scoped)
  )

  it.live("whose connection is silent from its first byte on ends within its pings", () =>
    Effect.gen(function* () {
      const { port } = yield* backend([resume])
      const link = yield* FaultyLink.make("127.0.0.1", port)
      yield* link.swallowNew(true)
      const made = yield* Layer.build(
        GrpcPushSource.layer({
          urls: [`http://127.0.0.1:${link.port}`],
          clientId: "one",
          pingIntervalMs: 50,
          pingTimeoutMs: 100,
          beginTimeoutMs: 3_600_000
        })
      )
      const lost = yield* Context.get(made, PushSource).frames("").pipe(Stream.runDrain, Effect.flip)
      assert.include(lost.message, "the connection is lost")
    }).pipe(Effect.scoped)
  )

  it.live("that doesn't begin in time ends", () =>
    Effect.gen(function* () {
      const { port } = yield* backend([])
      const { message, seen } = yield* outcome(port)
      assert.deepStrictEqual(seen, [])
      assert.include(message, "didn't begin within 300 ms")
    }).pipe(Effect.scoped)
  )
})

/** `RESUMED`, at the cursor "7.7". */
const resumed = frame(Buffer.concat([Buffer.from([10, 3]), Buffer.from("7.7"), Buffer.from([34, 0])]))

describe("the push streams of several backends", () => {
  /** Subscribes so many times, and returns what each subscription saw. */
  const subscribed = Effect.fnUntraced(function* (ports: ReadonlyArray<number>, times: number) {
    const urls = ports.map((port) => `http://127.0.0.1:${port}`)
    const made = yield* Layer.build(GrpcPushSource.layer({ urls, clientId: "one" }))
    const source = Context.get(made, PushSource)
    const all: Array<string> = []
    for (let count = 0; count < times; count++) {
      const seen: Array<string> = []
      yield* source.frames("7.6").pipe(
        Stream.runForEach((it) => Effect.sync(() => seen.push(it.type === "resume" ? it.outcome : it.type))),
        Effect.flip
      )
      all.push(seen.join(" "))
    }
    return all
  })
  const ended = { status: 14, message: "the backend is shutting down" }

  it.live("one that ends is followed by another, in turns", () =>
    Effect.gen(function* () {
      const [a, b] = [yield* backend([resume], ended), yield* backend([resumed], ended)]
      const seen = yield* subscribed([a.port, b.port], 4)
      assert.sameMembers(seen.slice(0, 2), ["FRESH", "RESUMED"])
      assert.deepStrictEqual(seen.slice(2), seen.slice(0, 2))
    }).pipe(Effect.scoped)
  )

  it.live("one that can't be reached is passed over at once", () =>
    Effect.gen(function* () {
      const dead = yield* backend([])
      dead.close()
      const alive = yield* backend([resumed], ended)
      assert.deepStrictEqual(yield* subscribed([dead.port, alive.port, dead.port], 4), Array(4).fill("RESUMED"))
      assert.deepStrictEqual(yield* subscribed([dead.port, dead.port], 2), ["", ""])
    }).pipe(Effect.scoped)
  )
})
