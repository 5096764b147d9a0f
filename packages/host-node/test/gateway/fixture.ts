/** A gateway on a real port in front of a scripted backend. */
import { createHash, createPrivateKey, createPublicKey, sign as signWith } from "node:crypto"
import { createClient } from "@connectrpc/connect"
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import {
  type BackendAnswer,
  BackendClient,
  type ForwardRequest,
  type PublicRequest,
  type SessionIdentity
} from "@galaxy/edge/BackendClient"
import type { KeptEvents } from "@galaxy/edge/hub/KeptEvents"
import { type LiveEvent, type PushFrame, PushSource } from "@galaxy/edge/hub/PushSource"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import * as ReplayStore from "@galaxy/edge/ReplayStore"
import * as GatewayServer from "@galaxy/host-node/gateway/GatewayServer"
import * as NodeEdgeCrypto from "@galaxy/host-node/gateway/NodeEdgeCrypto"
import { Context, Effect, Layer, Option, Queue, Redacted, Stream } from "effect"

const prefix = Buffer.from("302e020100300506032b657004220420", "hex")

export const deviceKey = (fill: number) => {
  const key = createPrivateKey({
    key: Buffer.concat([prefix, Buffer.alloc(32, fill)]),
    format: "der",
    type: "pkcs8"
  })
  return {
    publicKey: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)),
    sign: (message: Uint8Array) => new Uint8Array(signWith(null, message, key))
  }
}

export const device = deviceKey(1)
export const seed = new Uint8Array(32).fill(9)
export const sessionId = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a"
export const revokedId = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6b"
export const unknownId = "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6c"
export const userId = "0190f7a2-6d3e-7c11-9a55-000000000001"

/** The backend's side, as a test sets it. */
export class Script extends Context.Service<Script, ScriptShape>()("test/Script") {}

interface ScriptShape {
  answer: BackendAnswer | "down"
  readonly calls: Array<ForwardRequest>
  /** Of the public surface. */
  publicAnswer: BackendAnswer | "down"
  readonly publicCalls: Array<PublicRequest>
  ready: boolean
  readonly sessions: Map<string, SessionIdentity>
  events: KeptEvents
  readonly push: Queue.Queue<PushFrame>
}

const emptySessions = { status: 200, json: { sessions: [] } }

const script = Layer.effect(
  Script,
  Effect.map(
    Queue.unbounded<PushFrame>(),
    (push): ScriptShape => ({
      answer: emptySessions,
      calls: [],
      publicAnswer: { status: 200, json: { challenge_id: "c1" } },
      publicCalls: [],
      ready: true,
      sessions: new Map([
        [sessionId, { userId, publicKey: device.publicKey, status: "active" }],
        [revokedId, { userId, publicKey: device.publicKey, status: "revoked" }]
      ]),
      events: { events: [], oldest: 0, newest: 0 },
      push
    })
  )
)

/** An event of the user, as the backend numbers it. */
export const event = (sequence: number, more: Partial<LiveEvent> = {}): LiveEvent => ({
  userId,
  deviceSessionId: "",
  kind: "game.turn.ready",
  // Bytes that no encoding leaves alone by chance.
  payload: Uint8Array.of(0, sequence, 255, 10, 13, 128),
  eventId: `event-${sequence}`,
  requestId: `cause-${sequence}`,
  traceId: `trace-${sequence}`,
  sequence,
  ...more
})

/** Budgets that no test reaches. */
export const generous = {
  /** More calls than are ever looked at: the backend of a test may fail as often as it likes. */
  circuits: { least: 1_000 },
  budgets: {
    ip: { burst: 1e6, perSecond: 1e6 },
    session: { burst: 1e6, perSecond: 1e6 },
    user: { burst: 1e6, perSecond: 1e6 },
    messageType: { burst: 1e6, perSecond: 1e6 },
    failuresIp: { burst: 1e6, perSecond: 1e6 },
    failuresUser: { burst: 1e6, perSecond: 1e6 },
    repeats: { burst: 1e6, perSecond: 1e6 },
    publicIp: { burst: 1e6, perSecond: 1e6 },
    publicIdentity: { burst: 1e6, perSecond: 1e6 }
  }
}

const backend = Layer.effect(
  BackendClient,
  Effect.map(Script, (it) =>
    BackendClient.of({
      session: (id) => Effect.sync(() => Option.fromUndefinedOr(it.sessions.get(id))),
      forward: (request) => {
        it.calls.push(request)
        return it.answer === "down" ? new BackendUnavailable() : it.answer
      },
      public: (request) =>
        Effect.suspend(() => {
          it.publicCalls.push(request)
          return it.publicAnswer === "down" ? Effect.fail(new BackendUnavailable()) : Effect.succeed(it.publicAnswer)
        }),
      events: (of, after, limit) =>
        Effect.sync(() => ({
          ...it.events,
          events: it.events.events.filter((event) => event.userId === of && event.sequence > after).slice(0, limit)
        })),
      ready: Effect.suspend(() => (it.ready ? Effect.void : Effect.fail(new BackendUnavailable())))
    })
  )
)

const push = Layer.effect(
  PushSource,
  Effect.map(Script, (it) =>
    PushSource.of({
      frames: () =>
        Stream.concat(
          Stream.succeed<PushFrame>({ type: "resume", outcome: "FRESH", cursor: "0.0" }),
          Stream.fromQueue(it.push)
        )
    })
  )
)

/** A gateway whose backend is the scripted one with something around it. */
export const gatewayWith = (
  around: Layer.Layer<BackendClient, never, BackendClient>,
  options: Partial<GatewayServer.GatewayOptions> = {},
  store: Layer.Layer<ReplayStore.ReplayStore> = ReplayStore.layerMemory(),
  signingSeed: Uint8Array = seed
) =>
  GatewayServer.layer({ host: "127.0.0.1", port: 0, ...options }).pipe(
    Layer.provideMerge(Layer.mergeAll(Layer.provide(around, backend), push, store)),
    Layer.provideMerge(NodeEdgeCrypto.layer({ signingSeed: Redacted.make(signingSeed) })),
    Layer.provideMerge(script),
    Layer.orDie
  )

export const gateway = (
  options: Partial<GatewayServer.GatewayOptions> = {},
  store: Layer.Layer<ReplayStore.ReplayStore> = ReplayStore.layerMemory(),
  signingSeed: Uint8Array = seed
) => gatewayWith(Layer.effect(BackendClient, BackendClient), options, store, signingSeed)

export const transports = {
  "Connect over HTTP/1.1": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "1.1" }),
  "Connect over HTTP/2": (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: "2" }),
  "Connect JSON over HTTP/1.1": (baseUrl: string) =>
    createConnectTransport({ baseUrl, httpVersion: "1.1", useBinaryFormat: false }),
  "gRPC over HTTP/2": (baseUrl: string) => createGrpcTransport({ baseUrl }),
  "gRPC-Web over HTTP/1.1": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "1.1" }),
  "gRPC-Web over HTTP/2": (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: "2" })
}
export type Protocol = keyof typeof transports

export const rpc = (protocol: Protocol) =>
  Effect.map(GatewayServer.GatewayServer, ({ url }) => createClient(EdgeGateway, transports[protocol](url)))

let requests = 0

export interface Wish {
  readonly protocolVersion?: string
  readonly deviceSessionId?: string
  readonly messageType?: string
  readonly timestampMs?: bigint
  readonly requestId?: string
  readonly payload?: Uint8Array
  /** Sent instead of what was signed. */
  readonly sent?: Partial<{
    readonly payloadHash: Uint8Array
    readonly signature: Uint8Array
    readonly payloadBytes: Uint8Array
  }>
  readonly signer?: typeof device
}

/** A valid request, but for what the wish says. */
export const request = (wish: Wish = {}) => {
  const payloadBytes = wish.payload ?? new Uint8Array()
  const fields = {
    protocolVersion: wish.protocolVersion ?? "v1",
    deviceSessionId: wish.deviceSessionId ?? sessionId,
    messageType: wish.messageType ?? "user.sessions.list",
    timestampMs: wish.timestampMs ?? BigInt(Date.now()),
    requestId: wish.requestId ?? `r-${process.pid}-${++requests}`,
    payloadHash: new Uint8Array(createHash("sha256").update(payloadBytes).digest())
  }
  const signature = (wish.signer ?? device).sign(SigningInput.request(fields))
  return { ...fields, payloadBytes, signature, traceId: "", ...wish.sent }
}
