/** Clients that send their body only when they are asked to (`Expect: 100-continue`), over each protocol and on each way. */
import { once } from "node:events"
import * as http from "node:http"
import * as http2 from "node:http2"
import { create, toBinary } from "@bufbuild/protobuf"
import {
  ExecuteCommandRequestSchema,
  SubscribeEventsRequestSchema
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { GatewayServer } from "@galaxy/host-node/gateway/GatewayServer"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as Fixture from "./fixture.ts"
import { request as subscription } from "./subscription.ts"

const service = "/galaxy.gateway.v1.EdgeGateway"

const framed = (message: Uint8Array): Buffer => {
  const out = Buffer.alloc(5 + message.length)
  out.writeUInt32BE(message.length, 1)
  out.set(message, 5)
  return out
}

const command = () => toBinary(ExecuteCommandRequestSchema, create(ExecuteCommandRequestSchema, Fixture.request()))
const subscribe = () => toBinary(SubscribeEventsRequestSchema, create(SubscribeEventsRequestSchema, subscription()))

const gRPC = { "content-type": "application/grpc+proto", te: "trailers" }
const unary = { "content-type": "application/proto", "connect-protocol-version": "1" }
const streaming = { "content-type": "application/connect+proto", "connect-protocol-version": "1" }

/** Where a call goes, what says its form, and its body. */
const calls: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>, () => Uint8Array]>> = {
  "a command by gRPC": [`${service}/ExecuteCommand`, gRPC, () => framed(command())],
  "a command by Connect": [`${service}/ExecuteCommand`, unary, command],
  "a subscription by gRPC": [`${service}/SubscribeEvents`, gRPC, () => framed(subscribe())],
  "a subscription by Connect": [`${service}/SubscribeEvents`, streaming, () => framed(subscribe())],
  "a sign-in": [
    "/api/v1/public/auth/send-email-code",
    { "content-type": "application/json" },
    () => Buffer.from(`{"email":"ada@example.org"}`)
  ]
}

/** Sends the body once it is asked for, and returns the status when the first part of the answer has come. */
const overHttp2 = async (url: string, path: string, headers: object, body: Uint8Array): Promise<number> => {
  const session = http2.connect(url)
  const stream = session.request({ ":method": "POST", ":path": path, ...headers, expect: "100-continue" })
  let status = 0
  stream.on("response", (head) => {
    status = Number(head[":status"])
  })
  await once(stream, "continue")
  stream.end(body)
  await once(stream, "data")
  session.destroy()
  return status
}

const overHttp1 = async (url: string, path: string, headers: http.OutgoingHttpHeaders, body: Uint8Array) => {
  const call = http.request(url + path, {
    method: "POST",
    agent: false,
    headers: { ...headers, expect: "100-continue" }
  })
  const answered = once(call, "response") as Promise<[http.IncomingMessage]>
  await once(call, "continue")
  call.end(body)
  const [answer] = await answered
  await once(answer, "data")
  answer.destroy()
  return answer.statusCode
}

layer(Fixture.gateway(Fixture.generous), { excludeTestServices: true })("a client that waits to be asked", (it) => {
  for (const [what, [path, headers, body]] of Object.entries(calls)) {
    it.effect(`is asked, and has ${what} answered`, () =>
      Effect.gen(function* () {
        const { url } = yield* GatewayServer
        assert.strictEqual(yield* Effect.promise(() => overHttp2(url, path, headers, body())), 200)
        if (headers !== gRPC) {
          assert.strictEqual(yield* Effect.promise(() => overHttp1(url, path, headers, body())), 200)
        }
      })
    )
  }
})
