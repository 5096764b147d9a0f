/** Clients that don't take their answers: they lose them after a while, and hold no more than their share until then. */
import * as http from "node:http"
import * as http2 from "node:http2"
import type { Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { Admission } from "@galaxy/host-node/gateway/bounds/Admission"
import { unbounded } from "@galaxy/host-node/gateway/bounds/BoundsOptions"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { listen } from "@galaxy/host-node/gateway/listener"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Attackers from "./attackers.ts"
import { frame } from "./conformance/cells.ts"
import * as Fixture from "./fixture.ts"

const mebibyte = 1_048_576

const waitUntil = async (condition: () => boolean) => {
  const end = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > end) throw new Error("it never came to that")
    await sleep(10)
  }
}

/** Grants nothing, but answers pings. */
const takingNothing = (port: number) => {
  const session = http2.connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: 0 } })
  return session.on("error", () => undefined)
}

const reset = (stream: http2.ClientHttp2Stream): Promise<number | undefined> =>
  new Promise((resolve) => {
    stream
      .on("error", () => undefined)
      .once("close", () => resolve(stream.rstCode))
      .resume()
  })

const get = (port: number) => {
  const socket = Attackers.connect(port)
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
  return socket.pause()
}

const test = (
  what: string,
  options: { readonly sendMs: number; readonly bodyBytesPerAddress?: number; readonly answer: Buffer },
  run: (port: number, admission: Admission, answered: () => number) => Promise<void>
) => {
  it.live(what, () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { bodyBytesPerAddress = Number.POSITIVE_INFINITY, sendMs } = options
        const admission = new Admission({ bounds: { ...unbounded, bodyBytesPerAddress }, sendMs })
        let answered = 0
        const { port } = yield* listen({ host: "127.0.0.1", port: 0, admission }, (request, response) => {
          request.resume().once("end", () => {
            response.end(options.answer)
            answered += 1
          })
        })
        yield* Effect.promise(() => run(port, admission, () => answered))
      })
    )
  )
}

const small = Buffer.from("ok")
const large = Buffer.alloc(24 * mebibyte)

test(
  "over HTTP/2, an answer of which nothing is taken is given up; the connection goes on",
  { sendMs: 200, answer: small },
  async (port, admission) => {
    const session = takingNothing(port)
    const streams = Array.from({ length: 128 }, () => reset(session.request({ ":path": "/" })))
    await waitUntil(() => admission.held.requests === 128)
    assert.deepStrictEqual([...new Set(await Promise.all(streams))], [http2.constants.NGHTTP2_ENHANCE_YOUR_CALM])
    assert.isFalse(session.destroyed)
    await waitUntil(() => admission.held.requests === 0)
    assert.strictEqual(admission.held.bodyBytes, 0)
    session.destroy()
  }
)

it.live("so is an event stream", () =>
  Effect.gen(function* () {
    const { port } = yield* GatewayServer
    const session = takingNothing(port)
    const { payloadBytes: _, ...fields } = Fixture.request({ messageType: "gateway.subscribe" })
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
    const stream = session.request({
      ":method": "POST",
      ":path": "/galaxy.gateway.v1.EdgeGateway/SubscribeEvents",
      "content-type": "application/connect+json",
      "connect-protocol-version": "1"
    })
    const message = Buffer.from(
      JSON.stringify({
        ...fields,
        timestampMs: String(fields.timestampMs),
        payloadHash: base64(fields.payloadHash),
        signature: base64(fields.signature)
      })
    )
    stream.end(frame(message))
    assert.strictEqual(yield* Effect.promise(() => reset(stream)), http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
    session.destroy()
  }).pipe(Effect.provide(Fixture.gateway({ times: { sendMs: 300 } })))
)

test("over HTTP/1.1, the connection is closed", { sendMs: 200, answer: large }, async (port, admission) => {
  const socket = get(port)
  await waitUntil(() => admission.held.requests === 1)
  await waitUntil(() => admission.held.connections === 0)
  assert.deepStrictEqual(admission.held, { connections: 0, requests: 0, bodyBytes: 0 })
  socket.destroy()
})

for (const version of ["1.1", "2"] as const) {
  test(`over HTTP/${version}, a slow reader gets everything, however long it takes`, {
    sendMs: 600,
    answer: large
  }, async (port) => {
    const begun = performance.now()
    let taken = 0
    const take = async (chunks: AsyncIterable<Buffer>) => {
      let pause = 0
      for await (const chunk of chunks) {
        taken += chunk.length
        if (taken - pause < mebibyte / 2) continue
        pause = taken
        await sleep(60)
      }
    }
    if (version === "1.1") {
      const response = await new Promise<http.IncomingMessage>((resolve) =>
        http.get({ host: "127.0.0.1", port, agent: false }, resolve)
      )
      await take(response)
    } else {
      const session = http2.connect(`http://127.0.0.1:${port}`)
      await take(session.request({ ":path": "/" }))
      session.destroy()
    }
    assert.strictEqual(taken, large.length)
    assert.isAbove(performance.now() - begun, 1_500)
  })
}

test(
  "what one address doesn't take is bounded; another address gets its answer",
  { sendMs: 60_000, bodyBytesPerAddress: 64 * mebibyte, answer: large },
  async (port, admission, answered) => {
    let most = 0
    const sockets: Array<Socket> = []
    for (let asked = 1; asked <= 16; asked++) {
      sockets.push(get(port))
      await waitUntil(() => answered() === asked)
      most = Math.max(most, admission.held.bodyBytes)
    }
    assert.isBelow(most / mebibyte, 64)
    assert.isAbove(most / mebibyte, 32)
    // Those that have stood still for longest went first.
    await waitUntil(() => admission.held.connections < 10)
    const other = await new Promise<http.IncomingMessage>((resolve) =>
      http.get({ host: "127.0.0.1", port, localAddress: "127.0.0.2", agent: false }, resolve)
    )
    let taken = 0
    for await (const chunk of other as AsyncIterable<Buffer>) taken += chunk.length
    assert.strictEqual(taken, large.length)
    Attackers.destroyAll(sockets)
    await waitUntil(() => admission.held.connections === 0)
    assert.deepStrictEqual(admission.held, { connections: 0, requests: 0, bodyBytes: 0 })
  }
)

test(
  "a connection that is gone gives back all of its pipelined requests",
  { sendMs: 60_000, answer: large },
  async (port, admission) => {
    const socket = Attackers.connect(port).pause()
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(10))
    await waitUntil(() => admission.held.requests === 10)
    socket.destroy()
    await waitUntil(() => admission.held.connections === 0)
    assert.deepStrictEqual(admission.held, { connections: 0, requests: 0, bodyBytes: 0 })
  }
)
