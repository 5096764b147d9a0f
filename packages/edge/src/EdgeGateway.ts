/**
 * The authenticated edge, independent of transport: a signed envelope in, a signed answer or a typed refusal out.
 *
 * A business error of the backend is an answer with its code. Only what keeps a command from running is a refusal.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { routeOf } from "@galaxy/contract/routes/MessageRoutes"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Clock, Context, Effect, Layer, Option, Result, Schema } from "effect"
import { type BackendAnswer, BackendClient } from "./BackendClient.ts"
import { EdgeCrypto } from "./EdgeCrypto.ts"
import { type Done, hasEndedItself, mayEndItself, revokeEnded } from "./endedSessions.ts"
import type { Envelope, Peer } from "./Envelope.ts"
import { BackendUnavailable, type Refusal, SessionRevoked, SessionUnknown } from "./Refusal.ts"
import { SessionCache } from "./SessionCache.ts"
import type { Verified } from "./stages/Stage.ts"
import { fromAnswer, fromError, toCall } from "./transcode.ts"
import { Verifier } from "./Verifier.ts"

/**
 * The `ExecuteCommandResponse` of wire.md. `resultCode` is `ok` or an error code, and then the payload is the
 * FlatBuffers error; `signature` is the gateway's, over the response signing input.
 */
export interface SignedAnswer {
  readonly protocolVersion: string
  readonly requestId: string
  readonly timestampMs: bigint
  readonly resultCode: string
  readonly payloadBytes: Uint8Array
  readonly payloadHash: Uint8Array
  readonly signature: Uint8Array
}

/**
 * Runs commands: verifies the envelope, makes the REST call of its message type and signs the answer. A backend error
 * below 500 is a signed answer; 5xx, or an answer that doesn't fit its table, is `BackendUnavailable`.
 */
export class EdgeGateway extends Context.Service<
  EdgeGateway,
  {
    executeCommand(envelope: Envelope, peer: Peer): Effect.Effect<SignedAnswer, Refusal>
  }
>()("@galaxy/edge/EdgeGateway") {}

interface BusinessAnswer {
  readonly resultCode: string
  readonly payload: Uint8Array
}

const failed = (code: string, message: string, reason?: string): BusinessAnswer => ({
  resultCode: code,
  payload: fromError(code, message, reason)
})

const decodeError = Schema.decodeUnknownOption(ApiError.ErrorEnvelope)

const doneBy = ({ envelope, session }: Verified, answer: BackendAnswer): Done => ({
  messageType: envelope.messageType,
  userId: session.userId,
  deviceSessionId: envelope.deviceSessionId,
  json: answer.json
})

/** Needs the verifier, the sessions that it knows, the backend and the gateway's key; never fails to build. */
export const layer: Layer.Layer<EdgeGateway, never, Verifier | BackendClient | EdgeCrypto | SessionCache> =
  Layer.effect(
    EdgeGateway,
    Effect.gen(function* () {
      const verifier = yield* Verifier
      const backend = yield* BackendClient
      const crypto = yield* EdgeCrypto
      const sessions = yield* SessionCache

      /**
       * The account may have ended a moment ago, and its sessions with it, before word of that came by the push stream.
       * Then this request is refused as every later one. Where the backend can't tell, its own answer stands.
       */
      const stillActive = Effect.fnUntraced(function* (deviceSessionId: string) {
        const session = yield* Effect.option(sessions.recheck(deviceSessionId))
        if (Option.isNone(session)) return
        if (Option.isNone(session.value)) return yield* new SessionUnknown()
        if (session.value.value.status === "revoked") return yield* new SessionRevoked()
      })

      /**
       * Fails as soon as the session is revoked. A command that can end its own session waits for the answer, and is
       * refused if the answer doesn't say that it has.
       */
      const whileActive = (verified: Verified, call: Effect.Effect<BackendAnswer, BackendUnavailable>) => {
        const { envelope, session } = verified
        const ids = { deviceSessionId: envelope.deviceSessionId, userId: session.userId }
        if (!mayEndItself(envelope.messageType)) {
          const revocation = Effect.callback<never, SessionRevoked>((resume) => {
            const stop = sessions.onRevoked(ids, () => resume(Effect.fail(new SessionRevoked())))
            return Effect.sync(stop)
          })
          return Effect.raceFirst(call, revocation)
        }
        return Effect.suspend(() => {
          let isRevoked = false
          const stop = sessions.onRevoked(ids, () => {
            isRevoked = true
          })
          return call.pipe(
            Effect.ensuring(Effect.sync(stop)),
            Effect.filterOrFail(
              (answer) => !isRevoked || (answer.status < 300 && hasEndedItself(doneBy(verified, answer))),
              () => new SessionRevoked()
            )
          )
        })
      }

      const run = Effect.fnUntraced(function* (verified: Verified) {
        const { envelope, peer, session } = verified
        const route = routeOf(envelope.messageType)
        if (route === undefined) return failed("not_found", "no such message type")
        const call = Result.try({
          try: () => toCall(route, envelope.payloadBytes),
          catch: (cause) => (cause instanceof Error ? cause.message : String(cause))
        })
        if (Result.isFailure(call)) return failed("invalid_request", `payload: ${call.failure}`)
        const answer = yield* whileActive(
          verified,
          backend.forward({
            ...call.success,
            userId: session.userId,
            deviceSessionId: envelope.deviceSessionId,
            sourceIp: peer.ip,
            requestId: envelope.requestId,
            traceparent: envelope.traceId
          })
        )
        if (answer.status >= 500) return yield* new BackendUnavailable()
        if (answer.status >= 300) {
          const error = Option.getOrUndefined(decodeError(answer.json))?.error
          if (error === undefined) return yield* new BackendUnavailable()
          if (error.code === "unauthorized") yield* stillActive(envelope.deviceSessionId)
          return failed(error.code, error.message, error.reason)
        }
        // Done even if the answer can't be passed on: the sessions have ended.
        yield* revokeEnded(sessions, doneBy(verified, answer))
        const payload = yield* Effect.try({
          try: () => fromAnswer(route, answer.json),
          catch: (cause) => (cause instanceof Error ? cause.message : String(cause))
        }).pipe(
          // Gateway and backend don't match: nothing that the player sent is at fault.
          Effect.tapError((reason) =>
            Effect.logError("an answer of the backend doesn't fit its table").pipe(Effect.annotateLogs({ reason }))
          ),
          Effect.mapError(() => new BackendUnavailable())
        )
        return { resultCode: "ok", payload }
      })

      const sign = Effect.fnUntraced(function* (requestId: string, outcome: BusinessAnswer) {
        const fields = {
          protocolVersion: SigningInput.protocolVersion,
          requestId,
          timestampMs: BigInt(Math.floor(yield* Clock.currentTimeMillis)),
          resultCode: outcome.resultCode,
          payloadHash: yield* crypto.sha256(outcome.payload)
        }
        const signature = yield* crypto.sign(SigningInput.response(fields))
        return { ...fields, payloadBytes: outcome.payload, signature }
      })

      const executeCommand = Effect.fn("EdgeGateway.executeCommand")(function* (envelope: Envelope, peer: Peer) {
        const verified = yield* verifier.verify("command", envelope, peer)
        return yield* sign(envelope.requestId, yield* run(verified))
      })

      return EdgeGateway.of({ executeCommand })
    })
  )
