/** A foreign client, Python's gRPC, on a plain port and over TLS. */
import { execFileSync } from "node:child_process"
import { createHash, createPublicKey, verify } from "node:crypto"
import { subscribe as observe, unsubscribe } from "node:diagnostics_channel"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import type { IncomingHttpHeaders, ServerHttp2Stream } from "node:http2"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { fromBinary, fromJson, type JsonValue } from "@bufbuild/protobuf"
import {
  ExecuteCommandResponseSchema,
  GatewayEventSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect, Exit, Scope } from "effect"
import { hasForTests } from "../../../../../scripts/lib/hasForTests.ts"
import { certificate, hasOpenssl } from "../certificate.ts"
import { start, type Stand } from "../conformance/stand.ts"
import { statusIn } from "../conformance/status.ts"
import { deviceKey, request, seed, type Wish } from "../fixture.ts"
import { hasPython, PythonClient, type PythonEnd } from "./PythonClient.ts"

const root = fileURLToPath(new URL("../../../../../", import.meta.url))
hasForTests(hasPython, "Python's gRPC as a client (python3-grpcio and python3-protobuf aren't installed)")

const edge = "galaxy.gateway.v1.EdgeGateway"
const command = `${edge}/ExecuteCommand`
const subscribe = `${edge}/SubscribeEvents`

/** Proto3's JSON: bytes as base64, 64-bit numbers as text. */
const jsonOf = (envelope: ReturnType<typeof request>): object =>
  Object.fromEntries(
    Object.entries(envelope).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : String(value)
    ])
  )

const gatewayKey = createPublicKey({
  key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), deviceKey(seed[0] ?? 0).publicKey]),
  format: "der",
  type: "spki"
})

const reasonOf = ({ details = "" }: PythonEnd) => {
  const [info] = statusIn(Buffer.from(details, "base64")).details
  assert.strictEqual(info?.type, "google.rpc.ErrorInfo")
  const { domain, reason } = fromBinary(ErrorInfoSchema, info?.value ?? new Uint8Array())
  assert.strictEqual(domain, "galaxy")
  return reason
}

/** Resolves when so many pings have come on the connection of the next subscription. */
const pingsDuringSubscription = (count: number) =>
  new Promise<void>((resolve) => {
    const began = "http2.server.stream.start"
    const onStream = (message: unknown) => {
      const { headers, stream } = message as { headers: IncomingHttpHeaders; stream: ServerHttp2Stream }
      if (headers[":path"] !== `/${subscribe}`) return
      unsubscribe(began, onStream)
      let left = count
      stream.session?.on("ping", () => {
        left -= 1
        if (left === 0) resolve()
      })
    }
    observe(began, onStream)
  })

const unique = (word: string) => `${word}-${globalThis.crypto.randomUUID()}`

describe.skipIf(!hasPython)("Python's gRPC", () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-python-"))
  const descriptors = join(folder, "descriptors.binpb")
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  beforeAll(() => {
    execFileSync(join(root, "node_modules/.bin/buf"), ["build", "proto", "-o", descriptors], { cwd: root })
  })

  for (const encrypted of hasOpenssl ? [false, true] : [false]) {
    // oxlint-disable-next-line vitest/valid-title -- a name
    describe(encrypted ? "over TLS" : "over h2c", () => {
      const scope = Scope.makeUnsafe()
      let stand: Stand
      let client: PythonClient

      beforeAll(async () => {
        const tls = encrypted ? certificate() : undefined
        const path = join(folder, "certificate.pem")
        if (tls !== undefined) writeFileSync(path, tls.cert)
        stand = await Effect.runPromise(Scope.provide(start({ tls, edge: { maxPayloadBytes: 1_048_576 } }), scope))
        client = new PythonClient(new URL(stand.url).host, descriptors, tls && path)
      })
      afterAll(async () => {
        await client.close()
        await Effect.runPromise(Scope.close(scope, Exit.void))
      })

      const runs = (wish: Wish, more: object = {}) =>
        client.call({ method: command, message: jsonOf(request(wish)), ...more })

      it("a signed call is answered, signed", async () => {
        const envelope = request()
        for (const compress of [false, true]) {
          const sent = compress ? request() : envelope
          const { answer, code, message } = await client.call({ method: command, message: jsonOf(sent), compress })
          assert.strictEqual(code, "OK", message)
          const read = fromJson(ExecuteCommandResponseSchema, answer as JsonValue)
          assert.deepInclude(read, { requestId: sent.requestId, resultCode: "ok" })
          assert.isTrue(verify(null, SigningInput.response(read), gatewayKey, read.signature))
        }
      })

      it("fifty at once are answered on one connection", async () => {
        const ends = await Promise.all(Array.from({ length: 50 }, () => runs({})))
        for (const { code, message } of ends) assert.strictEqual(code, "OK", message)
      })

      it("a refusal has its code, its words and its details", async () => {
        const forged = await runs({ signer: deviceKey(2) })
        assert.strictEqual(forged.code, "UNAUTHENTICATED")
        assert.strictEqual(reasonOf(forged), "invalid_signature")
        assert.strictEqual(forged.message, "the signature is not valid")
        const early = await runs({ timestampMs: 0n })
        assert.strictEqual(early.code, "FAILED_PRECONDITION")
        assert.strictEqual(reasonOf(early), "stale_request")
      })

      it("a payload of exactly the bound passes, and no byte more", async () => {
        const exact = await runs({ payload: new Uint8Array(1_048_576) })
        assert.strictEqual(exact.answer?.["resultCode"], "invalid_request", exact.message)
        for (const compress of [false, true]) {
          const more = await runs({ payload: new Uint8Array(1_048_577) }, { compress })
          assert.strictEqual(more.code, "INVALID_ARGUMENT")
          assert.strictEqual(reasonOf(more), "invalid_envelope")
        }
      })

      it("a method and a service that aren't there are UNIMPLEMENTED", async () => {
        for (const path of [`/${edge}/Nothing`, "/nobody.Knows/Me"]) {
          const { code, message } = await runs({}, { path })
          assert.deepStrictEqual([code, message], ["UNIMPLEMENTED", "there is no such method"])
        }
      })

      it("a deadline that passes, or a call that is cancelled, ends the backend's work", async () => {
        const late = unique("hang")
        const lateCall = stand.hanging.expect(late)
        const { code } = await runs({ requestId: late }, { timeout: 0.3 })
        assert.strictEqual(code, "DEADLINE_EXCEEDED")
        await lateCall.ended
        const given = unique("hang")
        const { began, ended } = stand.hanging.expect(given)
        const call = client.start({ method: command, message: jsonOf(request({ requestId: given })) })
        await began
        call.cancel()
        await ended
        const end = await call.end
        assert.strictEqual(end.code, "CANCELLED", end.message)
      })

      it("a stream begins with the time, brings events, and says why it ends; pings keep it open", async () => {
        const deviceSessionId = stand.newSession()
        const envelope = request({ deviceSessionId, messageType: "gateway.subscribe" })
        const kinds: Array<string> = []
        const pinged = pingsDuringSubscription(2)
        const stream = client.start({ method: subscribe, message: jsonOf(envelope) }, (json) => {
          const event = fromJson(GatewayEventSchema, json as JsonValue)
          kinds.push(event.eventType)
          const payloadHash = new Uint8Array(createHash("sha256").update(event.payloadBytes).digest())
          const input = SigningInput.event({ ...event, payloadHash, deviceSessionId })
          assert.isTrue(verify(null, input, gatewayKey, event.signature))
          if (kinds.length === 2) stand.revoke(deviceSessionId)
        })
        // The client sends them to a silent server.
        await pinged
        stand.happens(deviceSessionId)
        const end = await stream.end
        assert.strictEqual(end.code, "FAILED_PRECONDITION", end.message)
        assert.strictEqual(reasonOf(end), "session_revoked")
        assert.deepStrictEqual(kinds, ["gateway.server_time", "game.turn.ready"])
      })

      it("health is checked, and watched", async () => {
        const check = (service: string) => client.call({ method: "grpc.health.v1.Health/Check", message: { service } })
        assert.deepStrictEqual((await check(edge)).answer, { status: "SERVING" })
        assert.strictEqual((await check("nobody")).code, "NOT_FOUND")
        const states: Array<unknown> = []
        const watch = client.start({ method: "grpc.health.v1.Health/Watch", message: { service: "" } }, (state) => {
          states.push(state)
          watch.cancel()
        })
        assert.strictEqual((await watch.end).code, "CANCELLED")
        assert.deepStrictEqual(states, [{ status: "SERVING" }])
      })
    })
  }
})
