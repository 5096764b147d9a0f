/**
 * Streams that are over while their answer is made, seen by those who write to them: nothing is written, and what was asked for
 * isn't begun. Node throws at who answers a stream that is closed.
 */
import { EventEmitter } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { ServerHttp2Stream } from "node:http2"
import { create, type DescMessage, toBinary } from "@bufbuild/protobuf"
import { Code, ConnectError } from "@connectrpc/connect"
import {
  ExecuteCommandRequestSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { SignedAnswer } from "@galaxy/edge/EdgeGateway"
import type { Outlet } from "@galaxy/edge/hub/Outlet"
import type { SignedEvent } from "@galaxy/edge/hub/signing"
import { ShuttingDown } from "@galaxy/edge/Refusal"
import type { AdmittedStream } from "@galaxy/host-node/gateway/bounds/AdmittedStream"
import * as CommandStream from "@galaxy/host-node/gateway/commandStream"
import { commandPath } from "@galaxy/host-node/gateway/fastCommand"
import * as FastStreams from "@galaxy/host-node/gateway/fastStreams"
import * as FastUnary from "@galaxy/host-node/gateway/fastUnary"
import { subscriptionPath } from "@galaxy/host-node/gateway/subscriptionForms"
import * as SubscriptionStream from "@galaxy/host-node/gateway/subscriptionStream"
import { assert, describe, it } from "@effect/vitest"

const frameOf = (schema: DescMessage): Buffer => {
  const message = toBinary(schema, create(schema, { requestId: "r" }))
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

const headersTo = (path: string) => ({
  ":method": "POST",
  ":path": path,
  ":authority": "localhost",
  "content-type": "application/grpc+proto",
  te: "trailers"
})

const fails = () => {
  throw new Error("ERR_HTTP2_INVALID_STREAM")
}

/** A stream that is closed, though not cleared away, at a moment of the test's choice. Whoever writes to it then fails. */
class FakeStream extends EventEmitter {
  closed = false
  destroyed = false
  aborted = false
  readableEnded = false
  writableEnded = false
  headersSent = false
  readonly written: Array<string> = []
  readonly #note = (what: string) => {
    if (this.closed || this.destroyed) fails()
    this.written.push(what)
    return true
  }
  respond(): void {
    this.#note("head")
    this.headersSent = true
  }
  writeHead(): void {
    this.respond()
  }
  flushHeaders(): void {
    if (!this.headersSent) this.respond()
  }
  setHeader(): void {
    this.#note("header")
  }
  addTrailers(): void {
    this.#note("trailers")
  }
  write(): boolean {
    return this.#note("part")
  }
  end(): void {
    this.#note("end")
    this.writableEnded = true
  }
  destroy(): void {
    this.destroyed = true
  }
  close(): void {
    this.closed = true
  }
}

const event: SignedEvent = {
  eventType: "game.turn.ready",
  eventId: "e",
  timestampMs: 1n,
  payloadBytes: new Uint8Array(3),
  payloadHash: new Uint8Array(32),
  signature: new Uint8Array(64),
  requestId: "",
  traceId: "",
  sequence: 1n
}

const answer: SignedAnswer = {
  protocolVersion: "v1",
  requestId: "r",
  timestampMs: 1n,
  resultCode: "ok",
  payloadBytes: new Uint8Array(3),
  payloadHash: new Uint8Array(32),
  signature: new Uint8Array(64)
}

/** A request of one of the four ways, whose body comes when a test says so. */
interface Way {
  readonly stream: FakeStream
  /** Its whole body comes. `cuts` closes the stream as soon as the body is complete, as who has too much open is cut. */
  readonly comes: (cuts?: boolean) => void
  /** The subscription that was opened, or how to end the command that was started; neither before there is one. */
  readonly outlet?: Outlet
  readonly finish?: (outcome: SignedAnswer | Error) => Promise<void>
  readonly broken: ReadonlyArray<unknown>
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

const never = () => assert.fail("nobody else is asked")

const way = (kind: "command" | "subscription", isOnStream: boolean): Way => {
  const stream = new FakeStream()
  const broken: Array<unknown> = []
  const path = kind === "command" ? commandPath : subscriptionPath
  const own: { outlet?: Outlet; finish?: (outcome: SignedAnswer | Error) => Promise<void> } = {}
  const start = () => {
    const { promise, reject, resolve } = Promise.withResolvers<SignedAnswer>()
    own.finish = (outcome) => {
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
      return settled()
    }
    return promise
  }
  const open = (outlet: Outlet) => {
    own.outlet = outlet
    return { goOn: () => undefined, close: () => undefined }
  }
  const errorOf = () => new ConnectError("it ends", Code.Unavailable)
  let cuts = false
  const body = {
    arrived: () => undefined,
    waits: () => false,
    ended: () => {
      stream.closed ||= cuts
    },
    decoded: () => undefined,
    answered: () => undefined,
    closed: () => undefined
  }
  const admitted = {
    stream,
    peer: { ip: "192.0.2.1" },
    openBody: () => body,
    whole: () => undefined,
    giveBack: never,
    write: () => stream.write(),
    end: () => stream.end(),
    finish: () => stream.end()
  } as unknown as AdmittedStream
  const asked = { takesHost: () => true, mayTry: () => true, headers: {} }
  const request = Object.assign(new EventEmitter(), {
    method: "POST",
    url: path,
    headers: headersTo(path),
    httpVersionMajor: 2,
    stream
  }) as unknown as IncomingMessage
  // Node's response of HTTP/2 has its stream, and doesn't say itself whether that is gone.
  const response = Object.assign(stream, { stream, request }) as unknown as ServerResponse
  const seen = (cause: unknown) => void broken.push(cause)
  if (isOnStream) {
    const takes =
      kind === "command"
        ? CommandStream.make({ ...asked, start, broken: seen })
        : SubscriptionStream.make({ ...asked, errorOf, open: (_, __, outlet) => open(outlet) })
    assert.isTrue(takes(stream as unknown as ServerHttp2Stream, headersTo(path), admitted))
  } else {
    const takes =
      kind === "command"
        ? FastUnary.make({ maxBytes: 4_096, start, slow: never, broken: seen })
        : FastStreams.make({
            maxBytes: 4_096,
            headers: {},
            errorOf,
            slow: never,
            open: (_, __, outlet) => open(outlet)
          })
    assert.isTrue(takes(request, response))
  }
  const source = isOnStream ? stream : (request as unknown as EventEmitter)
  const comes = (isCut = false) => {
    cuts = isCut
    source.emit("data", frameOf(kind === "command" ? ExecuteCommandRequestSchema : SubscribeEventsRequestSchema))
    source.emit("end")
  }
  return Object.assign(own, { stream, broken, comes })
}

for (const isOnStream of [true, false]) {
  describe(`on ${isOnStream ? "the stream itself" : "the request and response of Node"}`, () => {
    it("a subscription that is over gets no event and no end", () => {
      const call = way("subscription", isOnStream)
      call.comes()
      call.stream.closed = true
      assert.isFalse(call.outlet?.write(event))
      call.outlet?.end(new ShuttingDown(), "request")
      assert.deepStrictEqual(call.stream.written, [])
    })

    it("so does one that has begun before", () => {
      const call = way("subscription", isOnStream)
      call.comes()
      assert.isTrue(call.outlet?.write(event))
      assert.deepStrictEqual(call.stream.written, ["head", "part"])
      call.stream.closed = true
      assert.isFalse(call.outlet?.write(event))
      call.outlet?.end(new ShuttingDown(), "stream")
      assert.deepStrictEqual(call.stream.written, ["head", "part"])
    })

    it("a command that is over gets no answer, and one that isn't does", async () => {
      const [gone, there] = [way("command", isOnStream), way("command", isOnStream)]
      for (const call of [gone, there]) call.comes()
      gone.stream.closed = true
      for (const call of [gone, there]) await call.finish?.(answer)
      assert.deepStrictEqual(gone.stream.written, [])
      assert.include(there.stream.written, "end")
      assert.deepStrictEqual([gone.broken, there.broken], [[], []])
    })

    it("a command that fails although it can't ends alone, and is told", async () => {
      const failed = way("command", isOnStream)
      failed.comes()
      const cause = new Error("a defect")
      await failed.finish?.(cause)
      assert.deepStrictEqual(failed.broken, [cause])
      assert.isTrue(failed.stream.closed || failed.stream.destroyed)
      assert.deepStrictEqual(failed.stream.written, [])
    })

    it("an answer that can't be sent ends its command alone, and is told", async () => {
      const failed = way("command", isOnStream)
      failed.comes()
      failed.stream.end = fails
      await failed.finish?.(answer)
      assert.lengthOf(failed.broken, 1)
      assert.isTrue(failed.stream.closed || failed.stream.destroyed)
    })

    it("what was closed before its body was complete isn't begun", () => {
      for (const kind of ["command", "subscription"] as const) {
        const call = way(kind, isOnStream)
        call.stream.closed = true
        call.comes()
        assert.isUndefined(call.outlet ?? call.finish)
      }
    })
  })
}

it("what is cut with the last byte of its body, as its address has too much open, isn't begun", () => {
  for (const kind of ["command", "subscription"] as const) {
    const call = way(kind, true)
    call.comes(true)
    assert.isTrue(call.stream.closed)
    assert.isUndefined(call.outlet ?? call.finish)
  }
})
