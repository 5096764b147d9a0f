/** A foreign client, `buf curl`, which knows no more than the proto files. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { fromBinary } from "@bufbuild/protobuf"
import { Code } from "@connectrpc/connect"
import { ErrorInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { afterAll, assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { certificate, hasOpenssl } from "./certificate.ts"
import * as Fixture from "./fixture.ts"
import { pushes, request as subscription } from "./subscription.ts"

const root = fileURLToPath(new URL("../../../../", import.meta.url))
const buf = `${root}node_modules/.bin/buf`
if (!existsSync(buf)) console.log("buf isn't installed: its tests are skipped")

const ways = {
  "gRPC over h2c": ["--protocol", "grpc", "--http2-prior-knowledge"],
  "gRPC-Web over HTTP/1.1": ["--protocol", "grpcweb"],
  "gRPC-Web over h2c": ["--protocol", "grpcweb", "--http2-prior-knowledge"],
  "Connect over HTTP/1.1": ["--protocol", "connect"],
  "Connect over h2c": ["--protocol", "connect", "--http2-prior-knowledge"]
}

/** Proto3's JSON: bytes as base64, 64-bit numbers as text. */
const jsonOf = (envelope: ReturnType<typeof Fixture.request>) =>
  JSON.stringify(envelope, (_, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString("base64")
      : typeof value === "bigint"
        ? value.toString()
        : value
  )

interface Printed {
  /** A gRPC code times eight where the call was refused. */
  readonly exit: number | null
  readonly output: string
  readonly errors: string
}

/** Runs it with some arguments and what it reads, on the gateway's URL with something behind. */
const run = (
  args: ReadonlyArray<string>,
  path: string,
  input = "",
  onOutput: (output: string) => void = () => undefined
) =>
  Effect.flatMap(GatewayServer, ({ url }) =>
    Effect.promise(async (signal): Promise<Printed> => {
      const child = spawn(buf, ["curl", ...args, `${url}${path}`], { cwd: root, signal })
      const printed = { output: "", errors: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        printed.output += text
        onOutput(printed.output)
      })
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        printed.errors += text
      })
      child.stdin.end(input)
      const [exit] = (await once(child, "close")) as [number | null]
      return { exit, ...printed }
    })
  )

const service = "/galaxy.gateway.v1.EdgeGateway"
const fromFiles = ["--schema", "proto"]

const curl = (
  method: "ExecuteCommand" | "SubscribeEvents",
  way: ReadonlyArray<string>,
  envelope: ReturnType<typeof Fixture.request>,
  onOutput?: (output: string) => void
) => run([...fromFiles, ...way, "--data", "@-"], `${service}/${method}`, jsonOf(envelope), onOutput)

const answered = (printed: Printed, envelope: ReturnType<typeof Fixture.request>) => {
  assert.strictEqual(printed.exit, 0, printed.errors)
  const answer = JSON.parse(printed.output) as Record<string, string>
  assert.deepInclude(answer, { protocolVersion: "v1", requestId: envelope.requestId, resultCode: "ok" })
  assert.lengthOf(Buffer.from(answer["signature"] ?? "", "base64"), 64)
}

const refusedWith = (printed: Printed, code: Code, reason: string) => {
  assert.strictEqual(printed.exit, code * 8, printed.errors)
  const { details } = JSON.parse(printed.errors.slice(printed.errors.indexOf("{"))) as {
    details: ReadonlyArray<{ type: string; value: string }>
  }
  const [info, ...more] = details
  assert.isEmpty(more)
  assert.strictEqual(info?.type, "google.rpc.ErrorInfo")
  const value = fromBinary(ErrorInfoSchema, Buffer.from(info?.value ?? "", "base64"))
  assert.deepInclude(value, { reason, domain: "galaxy" })
}

describe.skipIf(!existsSync(buf))("buf curl", () => {
  layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })((it) => {
    for (const [what, way] of Object.entries(ways)) {
      it.effect(`${what}: a signed command is answered`, () =>
        Effect.gen(function* () {
          const envelope = Fixture.request()
          answered(yield* curl("ExecuteCommand", way, envelope), envelope)
        })
      )

      it.effect(`${what}: an unsigned command is refused, with its reason`, () =>
        Effect.gen(function* () {
          const { calls } = yield* Fixture.Script
          const before = calls.length
          const bare = Fixture.request({ sent: { signature: new Uint8Array() } })
          refusedWith(yield* curl("ExecuteCommand", way, bare), Code.InvalidArgument, "invalid_envelope")
          const forged = Fixture.request({ signer: Fixture.deviceKey(2) })
          refusedWith(yield* curl("ExecuteCommand", way, forged), Code.Unauthenticated, "invalid_signature")
          assert.strictEqual(calls.length, before)
        })
      )

      it.effect(`${what}: a stream begins with the time and says why it ends`, () =>
        Effect.gen(function* () {
          const { sessions } = yield* Fixture.Script
          const deviceSessionId = globalThis.crypto.randomUUID()
          sessions.set(deviceSessionId, {
            userId: Fixture.userId,
            publicKey: Fixture.device.publicKey,
            status: "active"
          })
          const context = yield* Effect.context<Fixture.Script>()
          let revoked = false
          const printed = yield* curl("SubscribeEvents", way, subscription({ deviceSessionId }), (output) => {
            if (revoked || !output.includes("gateway.server_time")) return
            revoked = true
            Effect.runSyncWith(context)(pushes({ type: "invalidation", deviceSessionId, userId: "", reason: "logout" }))
          })
          assert.isTrue(revoked)
          refusedWith(printed, Code.FailedPrecondition, "session_revoked")
        })
      )
    }
  })

  layer(Fixture.gateway({ ...Fixture.generous, reflection: true }), { excludeTestServices: true })((it) => {
    it.effect("without proto files: it asks for them, lists what there is and calls", () =>
      Effect.gen(function* () {
        const grpc = ways["gRPC over h2c"]
        const methods = yield* run([...grpc, "--list-methods"], "")
        assert.strictEqual(methods.exit, 0, methods.errors)
        assert.include(methods.output, "galaxy.gateway.v1.EdgeGateway/SubscribeEvents")
        const envelope = Fixture.request()
        answered(yield* run([...grpc, "--data", "@-"], `${service}/ExecuteCommand`, jsonOf(envelope)), envelope)
        const health = yield* run([...ways["Connect over h2c"], "--data", "{}"], "/grpc.health.v1.Health/Check")
        assert.deepStrictEqual(JSON.parse(health.output), { status: "SERVING" })
      })
    )
  })

  if (!hasOpenssl) return
  const own = certificate()
  const folder = mkdtempSync(join(tmpdir(), "galaxy-buf-"))
  const trusted = join(folder, "certificate.pem")
  writeFileSync(trusted, own.cert)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  layer(Fixture.gateway({ ...Fixture.generous, tls: own }), { excludeTestServices: true })((it) => {
    for (const protocol of ["grpc", "grpcweb", "connect"]) {
      it.effect(`${protocol} over TLS: a signed command is answered, a forged one refused`, () =>
        Effect.gen(function* () {
          const way = ["--protocol", protocol, "--cacert", trusted]
          const envelope = Fixture.request()
          answered(yield* curl("ExecuteCommand", way, envelope), envelope)
          const forged = Fixture.request({ signer: Fixture.deviceKey(2) })
          refusedWith(yield* curl("ExecuteCommand", way, forged), Code.Unauthenticated, "invalid_signature")
        })
      )
    }
  })
})
