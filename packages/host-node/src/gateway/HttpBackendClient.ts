/** The backend over REST: the gateway's calls with the headers that only it may set. */
import { isIP } from "node:net"
import { deviceSessionIdHeader, gatewayTokenHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import { SessionRecord, UserEvents } from "@galaxy/contract/api/InternalApi"
import { type BackendAnswer, BackendClient, type Origin } from "@galaxy/edge/BackendClient"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { Effect, Layer, Option, Redacted, Schema } from "effect"
import { Agent, request } from "undici"
import * as Outage from "../logging/Outage.ts"
import { lookupWithin } from "../net/lookup.ts"

/** Where the backend is and how long it may take; 10 s per call by default. */
export interface HttpBackendOptions {
  /** Origin of the backend, as `http://127.0.0.1:8081`. */
  readonly url: string
  readonly token?: Redacted.Redacted | undefined
  /** Milliseconds for one call. */
  readonly timeoutMs?: number | undefined
}

interface Call {
  readonly method: "GET" | "POST" | "PATCH"
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Longest time to look up the backend's address and to connect. */
const connectTimeoutMs = 2_000
/** A report of a large game has some hundred kilobytes; no honest answer is larger than this. */
const maxAnswerBytes = 16 * 1_048_576
const traceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

const originHeaders = (origin: Origin): Record<string, string> => ({
  // Exactly one address, or no header where it isn't known.
  ...(isIP(origin.sourceIp) === 0 ? {} : { "x-forwarded-for": origin.sourceIp }),
  "x-request-id": origin.requestId,
  ...(traceparent.test(origin.traceparent) ? { traceparent: origin.traceparent } : {})
})

const decodeSession = Schema.decodeUnknownEffect(SessionRecord)
const decodeEvents = Schema.decodeUnknownEffect(UserEvents)

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"))

const callConnections = 64
/** For lookups of sessions alone: they don't queue behind slow calls, nor calls behind them. */
const lookupConnections = 16

/**
 * A pool of at most 64 connections, and one of 16 for lookups of sessions, closed with the scope. Never fails to build; each outage of the backend is logged
 * once.
 */
export const layer = (options: HttpBackendOptions): Layer.Layer<BackendClient> =>
  Layer.effect(
    BackendClient,
    Effect.gen(function* () {
      const timeoutMs = options.timeoutMs ?? 10_000
      const pool = (connections: number) =>
        Effect.acquireRelease(
          Effect.sync(
            () =>
              new Agent({
                connections,
                pipelining: 1,
                keepAliveTimeout: 4_000,
                headersTimeout: timeoutMs,
                bodyTimeout: timeoutMs,
                maxResponseSize: maxAnswerBytes,
                connect: {
                  timeout: connectTimeoutMs,
                  lookup: lookupWithin(connectTimeoutMs),
                  keepAlive: true,
                  keepAliveInitialDelay: 5_000
                }
              })
          ),
          (it) => Effect.promise(() => it.destroy())
        )
      const calls = yield* pool(callConnections)
      const lookups = yield* pool(lookupConnections)
      const outage = Outage.make({ lost: "the backend is lost", back: "the backend is back" })
      const own: Record<string, string> =
        options.token === undefined ? {} : { [gatewayTokenHeader]: Redacted.value(options.token) }

      const send = (call: Call, dispatcher = calls): Effect.Effect<BackendAnswer, BackendUnavailable> =>
        Effect.tryPromise({
          try: async (signal) => {
            const answer = await request(new URL(call.path, options.url), {
              dispatcher,
              method: call.method,
              // Each part of an answer has its timeout; this one is for answers that trickle in.
              signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs + 1_000)]),
              headers: {
                ...call.headers,
                ...own,
                ...(call.body === undefined ? {} : { "content-type": "application/json" })
              },
              body: call.body === undefined ? null : JSON.stringify(call.body)
            })
            const text = await answer.body.text()
            return { status: answer.statusCode, json: text === "" ? null : (JSON.parse(text) as unknown) }
          },
          // The parser's message would quote the answer, with whatever is in it.
          catch: (cause) =>
            cause instanceof SyntaxError
              ? "its answer is not valid JSON"
              : cause instanceof Error
                ? cause.message
                : String(cause)
        }).pipe(
          Effect.tap(() => outage.over),
          Effect.tapError(outage.begun),
          Effect.mapError(() => new BackendUnavailable())
        )

      const decoded = <A, E>(effect: Effect.Effect<A, E>) =>
        effect.pipe(
          Effect.tapError((error) => Effect.logError("the backend's answer has an unknown form", error)),
          Effect.mapError(() => new BackendUnavailable())
        )

      const session = Effect.fnUntraced(function* (deviceSessionId: string) {
        const path = `/api/v1/internal/sessions/${encodeURIComponent(deviceSessionId)}`
        const answer = yield* send({ method: "GET", path }, lookups)
        if (answer.status === 404) return Option.none()
        if (answer.status !== 200) return yield* new BackendUnavailable()
        const record = yield* decoded(decodeSession(answer.json))
        return Option.some({
          userId: record.user_id,
          publicKey: bytes(record.client_public_key),
          status: record.status
        })
      })

      const events = Effect.fnUntraced(function* (userId: string, after: number, limit: number) {
        const path = `/api/v1/internal/users/${encodeURIComponent(userId)}/events?after=${after}&limit=${limit}`
        const answer = yield* send({ method: "GET", path })
        if (answer.status !== 200) return yield* new BackendUnavailable()
        const page = yield* decoded(decodeEvents(answer.json))
        return {
          events: page.events.map((it) => ({
            userId,
            deviceSessionId: it.device_session_id ?? "",
            kind: it.kind,
            payload: bytes(it.payload),
            eventId: it.event_id,
            requestId: it.request_id,
            traceId: it.trace_id,
            sequence: it.sequence
          })),
          oldest: page.oldest_sequence,
          newest: page.newest_sequence
        }
      })

      return BackendClient.of({
        session,
        events,
        forward: (call) =>
          send({
            method: call.method,
            path: call.path,
            body: call.body,
            headers: {
              ...originHeaders(call),
              [userIdHeader]: call.userId,
              [deviceSessionIdHeader]: call.deviceSessionId
            }
          }),
        public: (call) =>
          send({
            method: "POST",
            path: call.path,
            body: call.body,
            headers: {
              ...originHeaders(call),
              ...(call.acceptLanguage === undefined ? {} : { "accept-language": call.acceptLanguage })
            }
          }),
        ready: Effect.flatMap(send({ method: "GET", path: "/readyz" }), (answer) =>
          answer.status === 200 ? Effect.void : Effect.fail(new BackendUnavailable())
        )
      })
    })
  )
