/**
 * A signed-in player's connection to one gateway.
 *
 * Requests are signed with the session's key; answers and events count only with the pinned gateway key's signature. A
 * stale refusal with a signed time corrects the clock and is tried once more; one that says when to come back, before
 * anything has run, is waited for. The client never deletes the key.
 */
import { createClient, type Transport } from "@connectrpc/connect"
import { createConnectTransport } from "@connectrpc/connect-web"
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { EdgeGateway } from "@galaxy/contract/gen/proto/galaxy/gateway/v1/edge_gateway_pb"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { errorTable, type MessageType, messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Effect, Result, Schema, type Stream } from "effect"
import { Base64 } from "effect/encoding"
import { type Answer, answers, type Requests } from "./Calls.ts"
import { CallFailed, type ClientError, Untrusted } from "./ClientError.ts"
import { checkResponse, type Session, sign } from "./envelope.ts"
import * as EventStream from "./EventStream.ts"
import * as PublicEdge from "./PublicEdge.ts"
import { fromUnknown, type Stale } from "./refusal.ts"
import { waiting } from "./retryAfter.ts"
import * as ServerClock from "./ServerClock.ts"
import { gatewayKey } from "./verify.ts"

export interface Options {
  /** Origin of the gateway, as `https://play.example.org`. */
  readonly baseUrl: string
  readonly session: Session
  /** The gateway's key as pinned before. When absent, the key it shows now is taken. */
  readonly gatewayKey?: Uint8Array<ArrayBuffer>
  /** Another Connect transport than fetch in the Connect protocol's binary form. */
  readonly transport?: Transport
  /** Milliseconds before a call counts as failed. 15 s when absent. */
  readonly timeoutMs?: number
  /**
   * Milliseconds that a call may wait in all when the gateway says when to try again. 30 s when absent; 0 fails at once, and
   * the error says how long to wait.
   */
  readonly patienceMs?: number
}

export interface GalaxyClient {
  readonly deviceSessionId: DeviceSessionId
  /** Pin this for the next start. */
  readonly gatewayKey: Uint8Array<ArrayBuffer>
  /** One signed command and its verified answer. */
  readonly call: <M extends MessageType>(messageType: M, request: Requests[M]) => Effect.Effect<Answer<M>, ClientError>
  /** Verified events, resumed over reconnects until the session ends or the stream is left. */
  readonly events: (from: EventStream.From) => Stream.Stream<EventStream.PlayerEvent, ClientError>
}

const pinned = (options: Options) =>
  Effect.gen(function* () {
    const publicKey = options.gatewayKey ?? (yield* PublicEdge.gatewayInfo(options.baseUrl)).signingPublicKey
    if (!PublicKey.isHonest(publicKey)) {
      return yield* new Untrusted({ message: "the pinned gateway key isn't a raw 32-byte Ed25519 public key" })
    }
    return yield* Effect.promise(() => gatewayKey(publicKey))
  })

/** A client for one session. Pins the gateway's key, fetching it first if none is given; a dishonest key is `Untrusted`. */
export const make = (options: Options): Effect.Effect<GalaxyClient, ClientError> =>
  Effect.gen(function* () {
    const gateway = yield* pinned(options)
    const clock = yield* ServerClock.make
    const transport = options.transport ?? createConnectTransport({ baseUrl: options.baseUrl, useBinaryFormat: true })
    const rpc = createClient(EdgeGateway, transport)
    const timeoutMs = options.timeoutMs ?? 15_000
    const patienceMs = options.patienceMs ?? 30_000

    const correct = (requestId: string, stale: Stale): Effect.Effect<void, Untrusted> =>
      Effect.gen(function* () {
        const signature = Result.getOrUndefined(Base64.decode(stale.signature))
        if (signature === undefined || !/^-?\d{1,16}$/.test(stale.serverTimeMs)) {
          return yield* new Untrusted({ message: "the gateway's time is malformed" })
        }
        const input = SigningInput.serverTime({ requestId, serverTimeMs: BigInt(stale.serverTimeMs) })
        const signed = yield* Effect.promise(() => gateway.verifies(input, signature))
        if (!signed) return yield* new Untrusted({ message: "the gateway's time isn't signed by it" })
        yield* clock.correct(Number(stale.serverTimeMs))
      })

    const once = (messageType: MessageType, payload: Uint8Array<ArrayBuffer>) =>
      Effect.gen(function* () {
        const request = yield* sign(options.session, { messageType, timestampMs: yield* clock.now, payload })
        const response = yield* Effect.tryPromise({
          try: (signal) => rpc.executeCommand(request, { signal, timeoutMs }),
          catch: fromUnknown
        }).pipe(Effect.tapError((error) => (error._tag === "Stale" ? correct(request.requestId, error) : Effect.void)))
        yield* checkResponse(gateway, request.requestId, response)
        return response
      })

    /**
     * A stale refusal corrects the clock, and the command is tried again. A gateway that then calls its own time stale
     * contradicts itself, unless its time has moved on: it may have come to another border in between.
     */
    const inTime = (messageType: MessageType, payload: Uint8Array<ArrayBuffer>) =>
      once(messageType, payload).pipe(
        Effect.catchTag("Stale", (first) =>
          once(messageType, payload).pipe(
            Effect.catchTag("Stale", (second) =>
              Number(second.serverTimeMs) > Number(first.serverTimeMs)
                ? once(messageType, payload)
                : Effect.fail(second)
            )
          )
        ),
        Effect.catchTag("Stale", () => Effect.fail(new Untrusted({ message: "the gateway calls its own time stale" })))
      )

    const read = (table: string, bytes: Uint8Array) =>
      Effect.try({
        try: () => codec.decode(tables, table, bytes),
        catch: () => new Untrusted({ message: `the answer is not a valid ${table}` })
      })

    const call = <M extends MessageType>(messageType: M, request: Requests[M]): Effect.Effect<Answer<M>, ClientError> =>
      Effect.gen(function* () {
        const route = messageRoutes[messageType]
        const payload = yield* Effect.try({
          try: () => codec.encode(tables, route.request, request as codec.JsonObject),
          catch: (cause) =>
            new CallFailed({ code: "invalid_request", message: cause instanceof Error ? cause.message : String(cause) })
        })
        const response = yield* waiting(inTime(messageType, payload), patienceMs)
        if (response.resultCode !== "ok") {
          const error = yield* read(errorTable, response.payloadBytes)
          const message = typeof error["message"] === "string" ? error["message"] : ""
          const reason = error["reason"]
          return yield* new CallFailed({
            code: response.resultCode,
            message,
            ...(typeof reason === "string" && reason !== "" ? { reason } : {})
          })
        }
        const answer = yield* read(route.response, response.payloadBytes)
        const schema = answers[messageType] as unknown as Schema.Codec<Answer<M>, unknown>
        return yield* Schema.decodeUnknownEffect(schema)(answer).pipe(
          Effect.mapError(() => new Untrusted({ message: `the answer to ${messageType} has an unknown form` }))
        )
      })

    return {
      deviceSessionId: options.session.deviceSessionId,
      gatewayKey: gateway.publicKey,
      call,
      events: (from) => EventStream.make({ rpc, session: options.session, gateway, clock, correct }, from)
    }
  })
