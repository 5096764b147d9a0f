/** A gateway in the test's own process: real Connect framing, real signatures, and a script for what it answers. */
import {
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type HandlerContext,
  type ServiceImpl
} from "@connectrpc/connect"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import { sha256 } from "@galaxy/client/verify"
import * as codec from "@galaxy/contract/fbs/codec"
import { type TableName, tables } from "@galaxy/contract/gen/fbs-tables"
import {
  EdgeGateway,
  type ExecuteCommandRequest,
  type SubscribeEventsRequest
} from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import { ErrorInfoSchema, RetryInfoSchema } from "@galaxy/contract/gen/proto/google/rpc/error_details_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"

export const key = DeviceKey.fromSeed(new Uint8Array(32).fill(9))
export const strangerKey = DeviceKey.fromSeed(new Uint8Array(32).fill(8))

export interface EventScript {
  readonly type: string
  readonly sequence?: number
  readonly table?: TableName
  readonly payload?: codec.JsonObject
  /** Bytes that differ from what was signed. */
  readonly forged?: true
  /** Signed for another session's stream. */
  readonly foreign?: true
}

export const event = async (request: SubscribeEventsRequest, script: EventScript) => {
  const payloadBytes =
    script.table === undefined ? new Uint8Array() : codec.encode(tables, script.table, script.payload ?? {})
  const fields = {
    eventType: script.type,
    eventId: crypto.randomUUID(),
    timestampMs: 1n,
    requestId: script.type === "gateway.server_time" ? request.requestId : "",
    traceId: "",
    deviceSessionId: script.foreign ? crypto.randomUUID() : request.deviceSessionId,
    sequence: BigInt(script.sequence ?? 0),
    payloadHash: await sha256(payloadBytes)
  }
  const { deviceSessionId: _, ...sent } = fields
  const signature = await (script.forged ? strangerKey : key).sign(SigningInput.event(fields))
  return { ...sent, payloadBytes, signature }
}

export const serverTime = (newest = 0, serverTimeMs = Date.now()): EventScript => ({
  type: "gateway.server_time",
  table: "galaxy.gateway.ServerTime",
  payload: { server_time_ms: serverTimeMs, newest_sequence: newest }
})

export const turnReady = (sequence: number): EventScript => ({
  type: "game.turn.ready",
  sequence,
  table: "galaxy.push.GameTurnReady",
  payload: { game_id: "g", turn: sequence }
})

/** `retryAfterMs` may have a fraction: `RetryInfo` counts nanoseconds. */
export const refusal = (code: Code, reason: string, metadata: Record<string, string> = {}, retryAfterMs?: number) =>
  new ConnectError(reason, code, undefined, [
    { desc: ErrorInfoSchema, value: { reason, domain: "galaxy", metadata } },
    ...(retryAfterMs === undefined ? [] : [retryInfo(retryAfterMs)])
  ])

const retryInfo = (millis: number) => ({
  desc: RetryInfoSchema,
  value: {
    retryDelay: { seconds: BigInt(Math.floor(millis / 1_000)), nanos: Math.round((millis % 1_000) * 1_000_000) }
  }
})

export const stale = async (request: { readonly requestId: string }, serverTimeMs: number, forged = false) => {
  const input = SigningInput.serverTime({ requestId: request.requestId, serverTimeMs: BigInt(serverTimeMs) })
  const signature = await (forged ? strangerKey : key).sign(input)
  return refusal(Code.FailedPrecondition, "stale_request", {
    server_time_ms: String(serverTimeMs),
    server_time_signature: Buffer.from(signature).toString("base64")
  })
}

export const resumeAfter = (request: SubscribeEventsRequest): number =>
  Number(codec.decode(tables, "galaxy.gateway.SubscribeRequest", request.payloadBytes)["resume_after"])

export const answer = async (
  request: ExecuteCommandRequest,
  script: {
    readonly resultCode?: string
    readonly table: TableName
    readonly payload: codec.JsonObject
    readonly requestId?: string
    readonly forged?: true
    /** The gateway's clock; this machine's when absent. */
    readonly timestampMs?: number
  }
) => {
  const payloadBytes = codec.encode(tables, script.table, script.payload)
  const fields = {
    protocolVersion: "v1",
    requestId: script.requestId ?? request.requestId,
    timestampMs: BigInt(script.timestampMs ?? Date.now()),
    resultCode: script.resultCode ?? "ok",
    payloadHash: await sha256(payloadBytes)
  }
  const signature = await (script.forged ? strangerKey : key).sign(SigningInput.response(fields))
  return { ...fields, payloadBytes, signature }
}

export interface Scripts {
  readonly subscribe?: (
    request: SubscribeEventsRequest,
    connection: number,
    context: HandlerContext
  ) => AsyncIterable<EventScript>
  readonly execute?: (request: ExecuteCommandRequest, attempt: number) => ReturnType<typeof answer>
}

/** What the two calls of the gateway do. */
export const service = (scripts: Scripts): ServiceImpl<typeof EdgeGateway> => {
  let connections = 0
  let attempts = 0
  return {
    executeCommand: (request) => {
      if (scripts.execute === undefined) throw new ConnectError("no script", Code.Unimplemented)
      return scripts.execute(request, ++attempts)
    },
    async *subscribeEvents(request, context) {
      if (scripts.subscribe === undefined) throw new ConnectError("no script", Code.Unimplemented)
      for await (const script of scripts.subscribe(request, ++connections, context)) yield event(request, script)
    }
  }
}

const transport = (scripts: Scripts) =>
  createRouterTransport((router) => void router.service(EdgeGateway, service(scripts)))

/** A Connect client of it, which fits the port. */
export const rpc = (scripts: Scripts) => createClient(EdgeGateway, transport(scripts))
