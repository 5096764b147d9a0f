/**
 * A signed-in player's connection to one gateway.
 *
 * Requests are signed with the session's key; answers and events count only with the pinned gateway key's signature.
 * After a stale refusal with a signed time, the clock is corrected and the call is retried. A refusal that names a time
 * to wait is retried after that time, since nothing has run yet. The client never deletes the key.
 */
import * as codec from "@galaxy/contract/fbs/codec"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import type { DeviceSessionId } from "@galaxy/contract/ids/Ids"
import { errorTable, type MessageType, messageRoutes } from "@galaxy/contract/routes/MessageRoutes"
import * as PublicKey from "@galaxy/contract/signing/PublicKey"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Clock, Effect, Result, Schema, type Stream } from "effect"
import { Base64 } from "effect/encoding"
import { type Answer, answers, type Requests } from "./Calls.ts"
import { CallFailed, type ClientError, Unavailable, Untrusted } from "./ClientError.ts"
import { checkResponse, type SessionCredentials, sign, unsigned } from "./envelope.ts"
import type { engineAnswers } from "./engineAnswers.ts"
import * as EventStream from "./EventStream.ts"
import * as fetchRpc from "./fetchRpc.ts"
import * as pinnedKey from "./pinnedKey.ts"
import type { PlayerEvent } from "./PlayerEvent.ts"
import * as PublicEdge from "./PublicEdge.ts"
import { fromUnknown, type Stale } from "./refusal.ts"
import { waiting } from "./retryAfter.ts"
import type { Rpc } from "./Rpc.ts"
import * as ServerClock from "./ServerClock.ts"

/** How a client reaches its gateway, as whom, and how patient it is. */
export interface Options {
  /** Origin of the gateway, such as `https://play.example.org`. */
  readonly baseUrl: string
  readonly session: SessionCredentials
  /** The gateway's key as pinned before: 32 bytes. When absent, the key that the gateway presents now is trusted. */
  readonly gatewayKey?: Uint8Array<ArrayBuffer>
  /**
   * Called when the pinned key has vouched for another one, and that has signed an answer or event: store it instead of
   * the one before.
   */
  readonly onGatewayKey?: (publicKey: Uint8Array<ArrayBuffer>) => void
  /** How requests reach the gateway. When absent, by `fetch` in the Connect protocol. */
  readonly rpc?: Rpc
  /** Milliseconds before a call counts as failed. 15 s when absent. */
  readonly timeoutMs?: number
  /**
   * Milliseconds that a call may wait in total when the gateway says when to retry. 30 s when absent; with 0 the call
   * fails at once, and the error says how long to wait.
   */
  readonly patienceMs?: number
}

/** Calls and events of one device session. It holds no open connection between calls and needs no closing. */
export interface GalaxyClient {
  readonly deviceSessionId: DeviceSessionId
  /** The pinned key, or the one that came after it: store it and pass it in `Options` at the next start. */
  readonly gatewayKey: Uint8Array<ArrayBuffer>
  /**
   * Sends one signed command and returns its verified answer. A request that doesn't fit its table is `CallFailed` with
   * `invalid_request` and is not sent. After `Unavailable` the command may have run.
   */
  readonly call: <M extends MessageType>(messageType: M, request: Requests[M]) => Effect.Effect<Answer<M>, ClientError>
  /**
   * The server's clock minus this machine's, in milliseconds, by the newest signed time; 0 before the first one. A
   * countdown that goes by it is right on a machine whose clock is wrong.
   */
  readonly clockOffset: Effect.Effect<number>
  /** As `events`, with the state of the connection and the means to hurry it. */
  readonly subscribe: (from: EventStream.From) => Effect.Effect<EventStream.Subscription>
  /** Verified events, resumed over reconnects until the session ends or the program stops reading. */
  readonly events: (from: EventStream.From) => Stream.Stream<PlayerEvent, ClientError>
}

const isOfEngine = (type: MessageType): type is keyof typeof engineAnswers => !Object.hasOwn(answers, type)

/** The schema of a type's answer. A page may have to load it, and fail to. */
const schemaOf = <M extends MessageType>(type: M): Effect.Effect<Schema.Codec<Answer<M>, unknown>, Unavailable> => {
  const found: Effect.Effect<unknown, Unavailable> = isOfEngine(type)
    ? Effect.tryPromise({
        try: async () => (await import("./engineAnswers.ts")).engineAnswers[type],
        catch: () => new Unavailable({ message: "a part of this client can't be loaded" })
      })
    : Effect.succeed(answers[type as Exclude<M, keyof typeof engineAnswers>])
  return Effect.map(found, (schema) => schema as Schema.Codec<Answer<M>, unknown>)
}

/**
 * A client for one session. It pins the gateway's key and fetches it first if none is given. A key that is not an
 * acceptable Ed25519 key is `Untrusted`. While the gateway's keys are rotated it follows the pinned one's word.
 */
export const make = (options: Options): Effect.Effect<GalaxyClient, ClientError> =>
  Effect.gen(function* () {
    const clock = yield* ServerClock.make
    const info = PublicEdge.gatewayInfo(options.baseUrl)
    const pinned = options.gatewayKey ?? (yield* info).signingPublicKey
    if (!PublicKey.isHonest(pinned))
      return yield* new Untrusted({ message: "the gateway's key isn't an Ed25519 public key" })
    const local = yield* Clock.Clock
    const gateway = yield* Effect.promise(() => pinnedKey.make(pinned, { info, local, clock, options }))
    const rpc = options.rpc ?? fetchRpc.make(options.baseUrl)
    const timeoutMs = options.timeoutMs ?? 15_000
    const patienceMs = options.patienceMs ?? 30_000

    const correct = (requestId: string, stale: Stale): Effect.Effect<void, Untrusted> =>
      Effect.gen(function* () {
        const signature = Result.getOrUndefined(Base64.decode(stale.signature))
        if (signature === undefined || !/^-?\d{1,16}$/.test(stale.serverTimeMs)) {
          return yield* new Untrusted({ message: "the gateway's time is malformed" })
        }
        const serverTimeMs = BigInt(stale.serverTimeMs)
        const input = SigningInput.serverTime({ requestId, serverTimeMs })
        const signed = yield* Effect.promise(() => gateway.verifies(input, signature, serverTimeMs))
        if (!signed) return yield* unsigned(gateway, "a time")
        yield* clock.correct(Number(serverTimeMs))
      })

    const once = (messageType: MessageType, payload: Uint8Array<ArrayBuffer>) =>
      Effect.gen(function* () {
        const sentAtMs = yield* Clock.currentTimeMillis
        const request = yield* sign(options.session, { messageType, timestampMs: yield* clock.now, payload })
        const response = yield* Effect.tryPromise({
          try: (signal) => rpc.executeCommand(request, { signal, timeoutMs }),
          catch: (cause) => fromUnknown(cause, request.requestId)
        }).pipe(Effect.tapError((error) => (error._tag === "Stale" ? correct(request.requestId, error) : Effect.void)))
        yield* checkResponse(gateway, request.requestId, response)
        yield* clock.observe({ serverTimeMs: Number(response.timestampMs), sentAtMs })
        return response
      })

    /**
     * A stale refusal corrects the clock, and the command is retried. A gateway that then signs the very same time is
     * not trusted: it calls its own time stale. With another time it gets one more request. Its replay store may have
     * lost reservations in between, or there are several gateways, whose clocks differ.
     */
    const inTime = (messageType: MessageType, payload: Uint8Array<ArrayBuffer>) =>
      once(messageType, payload).pipe(
        Effect.catchTag("Stale", (first) =>
          once(messageType, payload).pipe(
            Effect.catchTag("Stale", (second) =>
              second.serverTimeMs === first.serverTimeMs
                ? Effect.fail(new Untrusted({ message: "the gateway calls its own time stale" }))
                : once(messageType, payload)
            )
          )
        ),
        Effect.catchTag("Stale", () => Effect.fail(new Unavailable({ message: "the gateways' clocks may differ" })))
      )

    const read = (table: string, bytes: Uint8Array) =>
      Effect.try({
        try: () => codec.decode(tables, table, bytes),
        catch: () => new Untrusted({ message: `the answer is not a valid ${table}` })
      })

    const call = <M extends MessageType>(messageType: M, request: Requests[M]): Effect.Effect<Answer<M>, ClientError> =>
      Effect.gen(function* () {
        const route = messageRoutes[messageType]
        // Before anything is sent: without it the answer couldn't be read.
        const schema = yield* schemaOf(messageType)
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
            requestId: response.requestId,
            ...(typeof reason === "string" && reason !== "" ? { reason } : {})
          })
        }
        const answer = yield* read(route.response, response.payloadBytes)
        return yield* Schema.decodeUnknownEffect(schema)(answer).pipe(
          Effect.mapError(() => new Untrusted({ message: `the answer to ${messageType} has an unknown form` }))
        )
      })

    const deps = { rpc, session: options.session, gateway, clock, correct }
    return {
      deviceSessionId: options.session.deviceSessionId,
      get gatewayKey() {
        return gateway.publicKey
      },
      call,
      clockOffset: clock.offset,
      subscribe: (from) => EventStream.subscribe(deps, from),
      events: (from) => EventStream.make(deps, from)
    }
  })
