/** The gateway's calls by `fetch`, against Connect's own server and against servers that are nothing of the kind. */
import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect"
import { connectNodeAdapter } from "@connectrpc/connect-node"
import * as fetchRpc from "@galaxy/client/fetchRpc"
import { fromUnknown } from "@galaxy/client/refusal"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { afterEach, describe, expect, it } from "vitest"
import * as Fake from "./fakeGateway.ts"

const servers: Array<http.Server> = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

const listening = async (handler: http.RequestListener): Promise<string> => {
  const server = http.createServer(handler)
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const gateway = async (scripts: Fake.Scripts) =>
  fetchRpc.make(
    await listening(
      connectNodeAdapter({ routes: (router: ConnectRouter) => void router.service(EdgeGateway, Fake.service(scripts)) })
    )
  )

const request = {
  protocolVersion: "v1",
  deviceSessionId: "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a",
  messageType: "user.sessions.list",
  timestampMs: 1_700_000_000_000n,
  requestId: "r1",
  payloadBytes: new Uint8Array(100_000).fill(3),
  payloadHash: new Uint8Array(32).fill(4),
  signature: new Uint8Array(64).fill(5),
  traceId: ""
}
const options = () => ({ signal: new AbortController().signal, timeoutMs: 10_000 })
const list = { table: "galaxy.user.SessionList", payload: { sessions: [] } } as const

const failure = async (work: Promise<unknown>) =>
  fromUnknown(
    await work.then(
      () => undefined,
      (error: unknown) => error
    )
  )

const firstOf = async (frames: AsyncIterable<unknown>) => {
  for await (const frame of frames) return frame
  return undefined
}

describe("calls by fetch", () => {
  it("a command arrives as it was sent, and its answer comes back", async () => {
    const seen: Array<unknown> = []
    const rpc = await gateway({
      execute: (sent) => {
        seen.push(sent)
        return Fake.answer(sent, list)
      }
    })
    const answer = await rpc.executeCommand(request, options())
    expect(seen).toEqual([{ ...request, $typeName: "galaxy.gateway.v1.ExecuteCommandRequest" }])
    expect(answer).toMatchObject({ protocolVersion: "v1", requestId: "r1", resultCode: "ok" })
  })

  it("a refusal keeps its reason and its time to wait", async () => {
    const rpc = await gateway({
      execute: () => Promise.reject(Fake.refusal(Code.ResourceExhausted, "rate_limited", {}, 1_500.5))
    })
    expect(await failure(rpc.executeCommand(request, options()))).toMatchObject({
      _tag: "Refused",
      reason: "rate_limited",
      message: "rate_limited",
      retryAfterMs: 1_501
    })
  })

  it("a signed time comes out of the details of a stale refusal", async () => {
    const rpc = await gateway({ execute: (sent) => Fake.stale(sent, 77).then((error) => Promise.reject(error)) })
    expect(await failure(rpc.executeCommand(request, options()))).toMatchObject({ _tag: "Stale", serverTimeMs: "77" })
  })

  it("frames come one by one while the stream is open, and its end tells why", async () => {
    let go = () => {}
    const gate = new Promise<void>((done) => {
      go = done
    })
    const rpc = await gateway({
      subscribe: async function* () {
        yield Fake.turnReady(1)
        await gate
        yield Fake.turnReady(2)
        throw Fake.refusal(Code.Unauthenticated, "session_revoked")
      }
    })
    const frames = rpc.subscribeEvents(request, options())[Symbol.asyncIterator]()
    expect((await frames.next()).value).toMatchObject({ eventType: "game.turn.ready", sequence: 1n })
    go()
    expect((await frames.next()).value).toMatchObject({ sequence: 2n })
    expect(await failure(frames.next())).toMatchObject({ _tag: "SessionEnded", reason: "session_revoked" })
  })

  it("a reader that has had enough closes the connection", async () => {
    let closed = () => {}
    const isClosed = new Promise<void>((done) => {
      closed = done
    })
    const rpc = await gateway({
      subscribe: async function* (_request, _connection, { signal }) {
        signal.addEventListener("abort", closed)
        yield Fake.turnReady(1)
        await isClosed
      }
    })
    expect(await firstOf(rpc.subscribeEvents(request, options()))).toMatchObject({ sequence: 1n })
    await isClosed
  })

  const strangers: ReadonlyArray<readonly [what: string, handler: http.RequestListener, message: string | RegExp]> = [
    ["a proxy's page", (_, response) => response.writeHead(502).end("<h1>Bad gateway</h1>"), "status 502"],
    ["a page in place of an answer", (_, response) => response.writeHead(200).end("<h1>Sign in</h1>"), "status 200"],
    ["a refusal of another server", (_, response) => response.writeHead(404).end(`{"code":"not_found"}`), "not_found"],
    ["a connection that breaks off", (_, response) => response.destroy(), /^127\.0\.0\.1:\d+ cannot be reached$/]
  ]
  for (const [what, handler, message] of strangers) {
    it(`${what} is a gateway that isn't there, for both calls`, async () => {
      const rpc = fetchRpc.make(await listening(handler))
      for (const work of [rpc.executeCommand(request, options()), firstOf(rpc.subscribeEvents(request, options()))]) {
        const error = await failure(work)
        expect(error._tag).toBe("Unavailable")
        expect((error as { message: string }).message).toMatch(message)
      }
    })
  }

  /** A stream of exactly these bytes. */
  const stream = async (...bytes: ReadonlyArray<number>) => {
    const rpc = fetchRpc.make(
      await listening((_, response) =>
        response.writeHead(200, { "content-type": "application/connect+proto" }).end(Uint8Array.from(bytes))
      )
    )
    return failure(firstOf(rpc.subscribeEvents(request, options())))
  }

  it("a stream that isn't one fails, and no length is believed that no gateway sends", async () => {
    expect(await stream(0, 0, 0)).toMatchObject({ _tag: "Unavailable", message: "the stream broke off" })
    expect(await stream(0, 0, 0, 0, 9, 1)).toMatchObject({ message: "the stream broke off" })
    expect(await stream(0, 255, 255, 255, 255, 1)).toMatchObject({ message: expect.stringMatching(/more than/) })
    expect(await stream(1, 0, 0, 0, 1, 1)).toMatchObject({ message: expect.stringMatching(/compressed/) })
    expect(await stream(0, 0, 0, 0, 1, 0x0b)).toMatchObject({ message: expect.stringMatching(/wire type/) })
  })

  it("an answer that never comes is given up in time", async () => {
    const rpc = fetchRpc.make(await listening(() => undefined))
    expect(await failure(rpc.executeCommand(request, { ...options(), timeoutMs: 50 }))).toMatchObject({
      _tag: "Unavailable",
      message: "no answer came in time"
    })
    const abort = new AbortController()
    const work = failure(rpc.executeCommand(request, { ...options(), signal: abort.signal }))
    abort.abort()
    expect((await work)._tag).toBe("Unavailable")
  })

  it("an error without details is still an error of a call", async () => {
    const rpc = await gateway({ execute: () => Promise.reject(new ConnectError("why", Code.Internal)) })
    expect(await failure(rpc.executeCommand(request, options()))).toMatchObject({ _tag: "Unavailable", message: "why" })
  })
})
