/**
 * Usual calls are answered without the library, and everything else by it: whatever a client sends, both say the same.
 *
 * A header that changes nothing sends a request the slow way: `grpc-encoding: identity`, or no version of Connect. A body in
 * several parts is read by Node's request, one in a single part on its stream.
 */
import * as http2 from "node:http2"
import { gunzipSync, gzipSync } from "node:zlib"
import { create, fromBinary, toBinary } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  ExecuteCommandResponseSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { timeoutOf, timeoutText } from "@galaxy/host-node/gateway/timeouts"
import { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { assert, describe, it as test, layer } from "@effect/vitest"
import { BackendClient } from "@galaxy/edge/BackendClient"
import { Deferred, Effect, Layer } from "effect"
import { gateway, gatewayWith, generous, request, Script, type Wish } from "./fixture.ts"
import { frame } from "./conformance/cells.ts"

const path = "/galaxy.gateway.v1.EdgeGateway/ExecuteCommand"

interface Answer {
  readonly status: unknown
  readonly type: unknown
  readonly encoding: unknown
  readonly trailers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Sends a body in two parts, the first of `firstBytes`, or in one where that is all of it. */
const send = (
  url: string,
  headers: http2.OutgoingHttpHeaders,
  body: Uint8Array,
  firstBytes = Math.floor(body.length / 2)
): Promise<Answer> =>
  new Promise((done, fail) => {
    const session = http2.connect(url)
    const stream = session.request({ ":method": "POST", ":path": path, ...headers })
    const parts: Array<Buffer> = []
    let head: http2.IncomingHttpHeaders = {}
    let trailers: Record<string, unknown> = {}
    stream.on("response", (it) => {
      head = it
    })
    stream.on("trailers", (it) => {
      trailers = { ...it }
    })
    stream.on("data", (part: Buffer) => parts.push(part))
    stream.on("error", fail)
    stream.on("close", () => {
      session.close()
      const encoding = head["content-encoding"] ?? head["grpc-encoding"]
      done({ status: head[":status"], type: head["content-type"], encoding, trailers, body: Buffer.concat(parts) })
    })
    if (firstBytes === body.length) stream.end(body)
    else {
      // Only once the first part has left: otherwise both would leave as one.
      stream.write(body.subarray(0, firstBytes), () => stream.end(body.subarray(firstBytes)))
    }
  })

const messageOf = (wish: Wish = {}) =>
  toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, request(wish)))

const forms = {
  gRPC: {
    fast: { "content-type": "application/grpc+proto", te: "trailers" },
    slow: { "content-type": "application/grpc+proto", te: "trailers", "grpc-encoding": "identity" },
    body: (message: Uint8Array) => frame(message),
    /** Headers by which a body in a single part is known to be whole. */
    whole: (): http2.OutgoingHttpHeaders => ({}),
    message: ({ body, encoding }: Answer) => (encoding === "gzip" ? gunzipSync(body.subarray(5)) : body.subarray(5)),
    accepts: "grpc-accept-encoding",
    timeout: "grpc-timeout"
  },
  Connect: {
    fast: { "content-type": "application/proto", "connect-protocol-version": "1" },
    slow: { "content-type": "application/proto" },
    body: (message: Uint8Array) => Buffer.from(message),
    whole: (body: Uint8Array): http2.OutgoingHttpHeaders => ({ "content-length": body.length }),
    message: ({ body, encoding }: Answer) => (encoding === "gzip" ? gunzipSync(body) : body),
    accepts: "accept-encoding",
    timeout: "connect-timeout-ms"
  }
} as const

layer(gateway({ ...generous, edge: { maxPayloadBytes: 4_096 } }), { excludeTestServices: true })(
  "the fast way of usual calls",
  (it) => {
    for (const [name, form] of Object.entries(forms)) {
      /** An answer that ran is compared by its code: its time and signature are its own. */
      const comparable = (answer: Answer) => {
        try {
          const { resultCode } = fromBinary(ExecuteCommandResponseSchema, form.message(answer))
          return resultCode === "" ? answer : { ...answer, body: resultCode }
        } catch {
          return answer
        }
      }
      /** The fast way's answer, which is the same for a body in one part and in two, and the library's. */
      const both = (body: () => Uint8Array, headers: http2.OutgoingHttpHeaders = {}, firstBytes?: number) =>
        Effect.gen(function* () {
          const { url } = yield* GatewayServer
          const whole = body()
          const [atOnce, ...answers] = yield* Effect.promise(() =>
            Promise.all([
              send(url, { ...form.fast, ...headers, ...form.whole(whole) }, whole, whole.length),
              ...[form.fast, form.slow].map((own) => send(url, { ...own, ...headers }, body(), firstBytes))
            ])
          )
          const [fast, slow] = answers.map(comparable)
          assert.deepStrictEqual(comparable(atOnce), fast)
          return [fast, slow] as const
        })

      // oxlint-disable-next-line vitest/valid-title -- a name
      describe(name, () => {
        it.effect("answers as the library does", () =>
          Effect.gen(function* () {
            const { url } = yield* GatewayServer
            const [fast, slow] = yield* Effect.promise(() =>
              Promise.all([form.fast, form.slow].map((it) => send(url, it, form.body(messageOf()))))
            )
            const body = form.body(messageOf())
            const atOnce = yield* Effect.promise(() =>
              send(url, { ...form.fast, ...form.whole(body) }, body, body.length)
            )
            assert.isDefined(fast)
            assert.isDefined(slow)
            for (const answer of [atOnce, fast, slow]) {
              assert.strictEqual(fromBinary(ExecuteCommandResponseSchema, form.message(answer)).resultCode, "ok")
            }
            assert.deepStrictEqual({ ...fast, body: undefined }, { ...slow, body: undefined })
            assert.deepStrictEqual({ ...atOnce, body: undefined }, { ...slow, body: undefined })
          })
        )

        it.effect("compresses what is large for those who take it", () =>
          Effect.gen(function* () {
            const script = yield* Script
            const usual = script.answer
            const session = {
              device_session_id: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a",
              status: "active",
              created_at: "2026-01-01T00:00:00.000Z",
              current: true
            }
            script.answer = { status: 200, json: { sessions: Array.from({ length: 50 }, () => session) } }
            const { url } = yield* GatewayServer
            const accepting = { [form.accepts]: "br, gzip" }
            const body = form.body(messageOf())
            const [atOnce, fast, slow, plain] = yield* Effect.promise(() =>
              Promise.all([
                send(url, { ...form.fast, [form.accepts]: "gzip", ...form.whole(body) }, body, body.length),
                send(url, { ...form.fast, [form.accepts]: "gzip" }, form.body(messageOf())),
                send(url, { ...form.slow, [form.accepts]: "gzip" }, form.body(messageOf())),
                send(url, form.fast, form.body(messageOf()))
              ])
            )
            const other = yield* Effect.promise(() => send(url, { ...form.fast, ...accepting }, form.body(messageOf())))
            script.answer = usual
            assert.strictEqual(atOnce.encoding, "gzip")
            assert.strictEqual(fast.encoding, "gzip")
            assert.strictEqual(slow.encoding, "gzip")
            assert.strictEqual(other.encoding, "gzip")
            assert.isUndefined(plain.encoding)
            const sizes = [atOnce, fast, slow, other, plain].map((it) => {
              const answer = fromBinary(ExecuteCommandResponseSchema, form.message(it))
              assert.strictEqual(answer.resultCode, "ok")
              return answer.payloadBytes.length
            })
            assert.strictEqual(new Set(sizes).size, 1)
            assert.isBelow(fast.body.length, plain.body.length)
          })
        )

        const sound = () => form.body(messageOf())
        const wrong: Readonly<Record<string, () => Uint8Array>> = {
          "no body": () => new Uint8Array(),
          "an empty message": () => form.body(new Uint8Array()),
          "a message that ends too early": () => sound().subarray(0, -3),
          "a message and something behind it": () => Buffer.concat([sound(), Buffer.of(1, 2, 3)]),
          "two messages": () => Buffer.concat([sound(), sound()]),
          "a frame that says it is compressed": () => frame(gzipSync(messageOf()), 1),
          "a frame with an unknown flag": () => frame(messageOf(), 4),
          "a payload that is too large": () => form.body(messageOf({ payload: new Uint8Array(4_097) })),
          "a message beyond what is kept": () => form.body(new Uint8Array(60_000)),
          "a message far beyond what is kept": () => form.body(new Uint8Array(2_000_000)),
          "an unknown session": () => form.body(messageOf({ deviceSessionId: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6c" })),
          "a wrong hash": () => form.body(messageOf({ sent: { payloadHash: new Uint8Array(32) } })),
          "a message type that isn't routed": () => form.body(messageOf({ messageType: "nothing.at.all" }))
        }
        for (const [what, body] of Object.entries(wrong)) {
          it.effect(`refuses ${what} as the library does`, () =>
            Effect.gen(function* () {
              const [fast, slow] = yield* both(body)
              assert.deepStrictEqual(fast, slow)
            })
          )
        }

        it.effect("refuses what comes behind a whole message, though later, as the library does", () =>
          Effect.gen(function* () {
            for (const more of [sound, () => Buffer.of(0), () => Buffer.alloc(3_000)]) {
              const [fast, slow] = yield* both(() => Buffer.concat([sound(), more()]), {}, sound().length)
              assert.deepStrictEqual(fast, slow)
            }
          })
        )

        it.effect("says of any bytes what the library says", () =>
          Effect.gen(function* () {
            const random = new SeededRandom(13)
            for (let round = 0; round < 60; round++) {
              const message = Uint8Array.from(
                messageOf({ requestId: "never-signed-right", signer: { sign: () => new Uint8Array(64) } as never })
              )
              for (let change = 0; change <= random.below(4); change++)
                message[random.below(message.length)] = random.below(256)
              const sent = form.body(round % 3 === 0 ? random.bytes(random.below(80)) : message)
              const [fast, slow] = yield* both(() => sent)
              assert.deepStrictEqual(fast, slow, `round ${round}`)
            }
          })
        )

        it.effect("knows no field that the contract doesn't have", () =>
          Effect.gen(function* () {
            // Field 200, 3,000 bytes.
            const unknown = Buffer.concat([Buffer.of(0xc2, 0x0c, 0xb8, 0x17), new Uint8Array(3_000)])
            const [fast, slow] = yield* both(() => form.body(Buffer.concat([messageOf(), unknown])))
            assert.strictEqual(fast?.body, "ok")
            assert.deepStrictEqual(fast, slow)
          })
        )

        it.effect("doesn't heed the deadline of another protocol", () =>
          Effect.gen(function* () {
            for (const foreign of [{ "connect-timeout-ms": "1" }, { "grpc-timeout": "1n" }]) {
              if (form.timeout in foreign) continue
              const [fast, slow] = yield* both(() => form.body(messageOf()), foreign)
              assert.strictEqual(fast?.body, "ok")
              assert.deepStrictEqual(fast, slow)
            }
          })
        )

        it.effect("says of a body that comes too late what the library says", () =>
          Effect.gen(function* () {
            const { url } = yield* GatewayServer
            const unfinished = (own: http2.OutgoingHttpHeaders, missing = 1) =>
              new Promise<unknown>((done, fail) => {
                const session = http2.connect(url)
                const timeout = form.timeout === "grpc-timeout" ? "200m" : "200"
                const stream = session.request({ ":method": "POST", ":path": path, ...own, [form.timeout]: timeout })
                let said: unknown
                stream.on("response", (head) => {
                  said = head[":status"] === 200 ? said : head[":status"]
                })
                stream.on("trailers", (it: http2.IncomingHttpHeaders) => {
                  said = it["grpc-status"]
                })
                stream.on("data", () => stream.end())
                stream.on("end", () => stream.end())
                stream.on("error", fail)
                stream.on("close", () => {
                  session.close()
                  done(said)
                })
                const body = form.body(messageOf())
                stream.write(body.subarray(0, body.length - missing))
                // What is still to come is read before the answer ends. The server counts from before its answer to the ping,
                // by timers of this process, so its deadline has passed by then however busy the machine is.
                session.ping(() => setTimeout(() => stream.end(), 500))
              })
            const size = form.body(messageOf()).length
            // A part of the body is missing, or only its end, or all of it.
            const missing = [1, 0, size]
            const saidOf = (own: http2.OutgoingHttpHeaders) => Promise.all(missing.map((it) => unfinished(own, it)))
            const whole = { ...form.fast, ...form.whole(form.body(messageOf())) }
            const [fast, slow, atOnce] = yield* Effect.promise(() =>
              Promise.all([saidOf(form.fast), saidOf(form.slow), unfinished(whole, 0)])
            )
            assert.strictEqual(atOnce, slow[1])
            assert.deepStrictEqual(fast, slow)
          })
        )

        for (const timeout of ["", "x", "1x", "-1", "0", "99999999999"]) {
          it.effect(`takes the deadline "${timeout}" as the library does`, () =>
            Effect.gen(function* () {
              const [fast, slow] = yield* both(
                () => form.body(messageOf({ sent: { payloadHash: new Uint8Array(32) } })),
                {
                  [form.timeout]: timeout
                }
              )
              assert.deepStrictEqual(fast, slow)
            })
          )
        }
      })
    }
  }
)

test("what is left of a deadline is handed on in a header that says as much, and never less", () => {
  for (const name of ["grpc-timeout", "connect-timeout-ms"] as const) {
    for (const millis of [-5, 0.2, 1, 1_499.5, 99_999_999, 100_000_000, 2_000_000_000]) {
      const read = timeoutOf({ [name]: timeoutText(name, millis) }, name)
      assert.isAtLeast(Number(read), Math.max(1, millis), `${name} ${millis}`)
      assert.isBelow(Number(read), Math.max(1, millis) + 1_000, `${name} ${millis}`)
    }
  }
})

const patient = { ...generous, budgets: { ...generous.budgets, failuresIp: { burst: 1, perSecond: 0.001 } } }

layer(gateway(patient), { excludeTestServices: true })("a connection that breaks within a body", (it) => {
  it.effect("is no malformed request, so it costs its address nothing", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const form of [forms.gRPC, forms.Connect, forms.gRPC]) {
        yield* Effect.promise(
          () =>
            new Promise<void>((done) => {
              const session = http2.connect(url)
              const stream = session.request({ ":method": "POST", ":path": path, ...form.fast })
              stream.on("error", () => undefined)
              session.on("error", () => undefined)
              session.on("close", () => done())
              // It has read what came before a ping that it answers.
              stream.write(form.body(messageOf()).subarray(0, -20), () => session.ping(() => session.destroy()))
            })
        )
      }
      const answer = yield* Effect.promise(() => send(url, forms.gRPC.fast, forms.gRPC.body(messageOf())))
      assert.strictEqual(answer.trailers["grpc-status"], "0")
    })
  )
})

/** How often a call reached the backend, which never answers, and was given up there. */
const seen = { asked: Deferred.makeUnsafe<void>(), ended: Deferred.makeUnsafe<void>() }

const silent = Layer.effect(
  BackendClient,
  Effect.map(BackendClient, (it) =>
    BackendClient.of({
      ...it,
      forward: (_, signal) =>
        new Promise((_resolve, reject) => {
          Deferred.doneUnsafe(seen.asked, Effect.void)
          signal?.addEventListener("abort", () => {
            Deferred.doneUnsafe(seen.ended, Effect.void)
            reject(signal.reason as Error)
          })
        })
    })
  )
)

layer(gatewayWith(silent, generous), { excludeTestServices: true })("before a backend that is silent", (it) => {
  it.effect("a call ends at its deadline, on the fast way as on the other", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      for (const [form, timeout, status] of [
        [forms.gRPC, "150m", undefined],
        [forms.Connect, "150", 504]
      ] as const) {
        const whole = form.body(messageOf())
        const answers = yield* Effect.promise(() =>
          Promise.all([
            ...[form.fast, form.slow].map((own) =>
              send(url, { ...own, [form.timeout]: timeout }, form.body(messageOf()))
            ),
            send(url, { ...form.fast, ...form.whole(whole), [form.timeout]: timeout }, whole, whole.length)
          ])
        )
        assert.deepStrictEqual(answers[0], answers[1])
        assert.deepStrictEqual(answers[2], answers[1])
        if (status === undefined) assert.strictEqual(answers[0]?.trailers["grpc-status"], "4")
        else assert.strictEqual(answers[0]?.status, status)
      }
    })
  )

  it.effect("a client that goes away ends its call there", () =>
    Effect.gen(function* () {
      const { url } = yield* GatewayServer
      seen.asked = Deferred.makeUnsafe()
      seen.ended = Deferred.makeUnsafe()
      const session = http2.connect(url)
      const stream = session.request({ ":method": "POST", ":path": path, ...forms.gRPC.fast })
      stream.on("error", () => undefined)
      stream.end(forms.gRPC.body(messageOf()))
      yield* Deferred.await(seen.asked)
      stream.close(http2.constants.NGHTTP2_CANCEL)
      yield* Effect.timeout(Deferred.await(seen.ended), "20 seconds")
      session.close()
    })
  )
})
