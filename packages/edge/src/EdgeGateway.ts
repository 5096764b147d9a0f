/**
 * The authenticated edge, independent of transport: a signed envelope in, a signed answer or a typed refusal out.
 *
 * A business error of the backend is an answer with its code. Only what keeps a command from running is a refusal.
 */
import * as ApiError from "@galaxy/contract/api/ApiError"
import { type MessageRoute, routeOf } from "@galaxy/contract/routes/MessageRoutes"
import * as SigningInput from "@galaxy/contract/signing/SigningInput"
import { Clock, Context, Effect, Layer, Option, Schema } from "effect"
import { andThen, type Awaitable, runIn } from "./Awaitable.ts"
import { type BackendAnswer, BackendClient } from "./BackendClient.ts"
import { EdgeCrypto } from "./EdgeCrypto.ts"
import { type Done, hasEndedItself, mayEndItself, revokeEnded } from "./endedSessions.ts"
import type { Envelope, Peer } from "./Envelope.ts"
import { BackendUnavailable, type Refusal, SessionRevoked, SessionUnknown } from "./Refusal.ts"
import { SessionCache } from "./SessionCache.ts"
import { inOrder, type Verified } from "./stages/Stage.ts"
import { active, known } from "./stages/session.ts"
import { fromAnswer, fromError, type RestCall, toCall } from "./transcode.ts"
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
    /**
     * Resolves with the answer, or with the refusal as a value. Whoever aborts `over` gives the call up: it goes no
     * further, and rejects with the reason. The gateway aborts it itself when the session is revoked meanwhile, and then
     * resolves with `SessionRevoked`. Any other rejection is a defect.
     */
    executeCommand(envelope: Envelope, peer: Peer, over?: AbortController): Promise<SignedAnswer | Refusal>
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

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** The call of a payload; a payload that can't be turned into one is answered at once. */
const callOf = (route: MessageRoute, payload: Uint8Array): RestCall | BusinessAnswer => {
  try {
    return toCall(route, payload)
  } catch (cause) {
    return failed("invalid_request", `payload: ${messageOf(cause)}`)
  }
}

const doneBy = ({ envelope, session }: Verified, json: unknown): Done => ({
  messageType: envelope.messageType,
  userId: session.userId,
  deviceSessionId: envelope.deviceSessionId,
  json
})

const decodeError = Schema.decodeUnknownOption(ApiError.ErrorEnvelope)

/** Needs the verifier, the sessions that it knows, the backend and the gateway's key; never fails to build. */
export const layer: Layer.Layer<EdgeGateway, never, Verifier | BackendClient | EdgeCrypto | SessionCache> =
  Layer.effect(
    EdgeGateway,
    Effect.gen(function* () {
      const verifier = yield* Verifier
      const backend = yield* BackendClient
      const crypto = yield* EdgeCrypto
      const sessions = yield* SessionCache
      const clock = yield* Clock.Clock
      const run = runIn(yield* Effect.context())
      const stillActive = inOrder([known(sessions), active])

      /**
       * The account may have ended a moment ago, and its sessions with it, before word of that came by the push stream.
       * Then this request is refused as every later one. Where the backend can't tell, its own answer stands.
       */
      const ended = async ({ envelope, signal }: Verified): Promise<Refusal | undefined> => {
        const session = await run(sessions.recheck(envelope.deviceSessionId), signal)
        if (session instanceof BackendUnavailable) return undefined
        if (Option.isNone(session)) return new SessionUnknown()
        return session.value.status === "revoked" ? new SessionRevoked() : undefined
      }

      const inTable = async (verified: Verified, route: MessageRoute, json: unknown) => {
        const revocation = revokeEnded(sessions, doneBy(verified, json))
        // Done even if the answer can't be passed on: the sessions have ended.
        if (revocation !== undefined) await run(revocation)
        try {
          return { resultCode: "ok", payload: fromAnswer(route, json) }
        } catch (cause) {
          // Gateway and backend don't match: nothing that the player sent is at fault.
          await run(
            Effect.logError("an answer of the backend doesn't fit its table").pipe(
              Effect.annotateLogs({ reason: messageOf(cause), request_id: verified.envelope.requestId })
            )
          )
          return new BackendUnavailable()
        }
      }

      const judge = async (verified: Verified, route: MessageRoute, { status, json }: BackendAnswer) => {
        if (status >= 500) return new BackendUnavailable()
        if (status < 300) return inTable(verified, route, json)
        const error = Option.getOrUndefined(decodeError(json))?.error
        if (error === undefined) return new BackendUnavailable()
        const refusal = error.code === "unauthorized" ? await ended(verified) : undefined
        return refusal ?? failed(error.code, error.message, error.reason)
      }

      /**
       * The backend's answer, unless the session is revoked first. Revoked before the call is made, it isn't made. After that a
       * command that can end its own session waits for the answer, and is refused if the answer doesn't say that it has.
       */
      const whileActive = async (verified: Verified, call: RestCall, over: AbortController) => {
        const { envelope, peer, session } = verified
        const { deviceSessionId, messageType } = envelope
        const { userId } = session
        const waits = mayEndItself(messageType)
        let isRevoked = false
        const stop = sessions.onRevoked({ deviceSessionId, userId }, () => {
          isRevoked = true
          if (!waits) over.abort(new SessionRevoked())
        })
        try {
          // The verification may have waited since it found the session, and the cache have forgotten it meanwhile.
          const refusal = sessions.isCurrent(deviceSessionId, session)
            ? undefined
            : await stillActive({ ...verified, signal: over.signal })
          if (refusal !== undefined) return refusal
          if (isRevoked) return new SessionRevoked()
          const answer = await backend.forward(
            {
              messageType,
              method: call.method,
              path: call.path,
              body: call.body,
              userId,
              deviceSessionId,
              sourceIp: peer.ip,
              requestId: envelope.requestId,
              traceparent: envelope.traceId
            },
            over.signal
          )
          if (!isRevoked || answer instanceof BackendUnavailable) return answer
          const hasEnded = answer.status < 300 && hasEndedItself(doneBy(verified, answer.json))
          return hasEnded ? answer : new SessionRevoked()
        } catch (cause) {
          // Given up for it.
          if (over.signal.reason instanceof SessionRevoked) return over.signal.reason
          throw cause
        } finally {
          stop()
        }
      }

      const outcomeOf = async (verified: Verified, over: AbortController): Promise<BusinessAnswer | Refusal> => {
        const { envelope } = verified
        const route = routeOf(envelope.messageType)
        if (route === undefined) return failed("not_found", "no such message type")
        const call = callOf(route, envelope.payloadBytes)
        if ("resultCode" in call) return call
        const answer = await whileActive(verified, call, over)
        return answer instanceof Error ? answer : judge(verified, route, answer)
      }

      const sign = (requestId: string, { resultCode, payload }: BusinessAnswer): Awaitable<SignedAnswer> =>
        andThen(crypto.sha256(payload), (payloadHash) => {
          const fields = {
            protocolVersion: SigningInput.protocolVersion,
            requestId,
            timestampMs: BigInt(Math.floor(clock.currentTimeMillisUnsafe())),
            resultCode,
            payloadHash
          }
          return andThen(crypto.sign(SigningInput.response(fields)), (signature) => ({
            ...fields,
            payloadBytes: payload,
            signature
          }))
        })

      const execute: EdgeGateway["Service"]["executeCommand"] = async (
        envelope,
        peer,
        over = new AbortController()
      ) => {
        const verified = await verifier.verify("command", envelope, peer, over.signal)
        if (verified instanceof Error) return verified
        const outcome = await outcomeOf(verified, over)
        if (outcome instanceof Error) return outcome
        over.signal.throwIfAborted()
        return sign(envelope.requestId, outcome)
      }

      return EdgeGateway.of({ executeCommand: execute })
    })
  )
