/** The calls of a gateway as requests to the backend's REST surfaces, whatever carries them. */
import { isIP } from "node:net"
import { deviceSessionIdHeader, userIdHeader } from "@galaxy/contract/api/Identity"
import { SessionRecord, UserEvents } from "@galaxy/contract/api/InternalApi"
import { isTraceparent } from "@galaxy/contract/telemetry/traceparent"
import { type BackendAnswer, BackendClient, type ForwardRequest, type Origin } from "@galaxy/edge/BackendClient"
import { BackendUnavailable } from "@galaxy/edge/Refusal"
import { Effect, Option, Schema } from "effect"
import { bytesOf, usualSession } from "./sessionRecord.ts"

/** One request; `body` is sent as JSON, `headers` are names and values in turns. */
export interface Call {
  readonly method: "GET" | "POST" | "PATCH"
  readonly path: string
  readonly body?: unknown
  readonly headers?: ReadonlyArray<string>
}

const originHeaders = (origin: Origin): Array<string> => {
  const headers = ["x-request-id", origin.requestId]
  // Exactly one address, or no header where it isn't known.
  if (isIP(origin.sourceIp) !== 0) headers.push("x-forwarded-for", origin.sourceIp)
  if (isTraceparent(origin.traceparent)) headers.push("traceparent", origin.traceparent)
  return headers
}

const decodeSession = Schema.decodeUnknownEffect(SessionRecord)
const decodeEvents = Schema.decodeUnknownEffect(UserEvents)

/** Carries a request; an answer of any status is an answer. */
export type Send = (call: Call) => Effect.Effect<BackendAnswer, BackendUnavailable>

/** A command as a request to the backend. */
export const commandOf = (command: ForwardRequest): Call => {
  const headers = originHeaders(command)
  headers.push(userIdHeader, command.userId, deviceSessionIdHeader, command.deviceSessionId)
  return { method: command.method, path: command.path, body: command.body, headers }
}

/** Ways of their own for what mustn't queue behind other calls. */
export interface Ways {
  /** Look-ups of sessions. */
  readonly lookUp: Send
  /** Histories of events. */
  readonly history: Send
  /** Probes. */
  readonly probe: Send
}

/** The client over `send`, with its own way for commands, and for what else has one. */
export const calls = (
  send: Send,
  forward: BackendClient["Service"]["forward"],
  { history, lookUp, probe }: Ways = { lookUp: send, history: send, probe: send }
): BackendClient["Service"] => {
  const decoded = <A, E>(effect: Effect.Effect<A, E>) =>
    effect.pipe(
      Effect.tapError((error) => Effect.logError("the backend's answer has an unknown form", error)),
      Effect.mapError(() => new BackendUnavailable())
    )

  const sessionIn = (json: unknown) => {
    const usual = usualSession(json)
    if (usual !== undefined) return Effect.succeedSome(usual)
    return Effect.map(decoded(decodeSession(json)), (record) =>
      Option.some({
        userId: record.user_id,
        publicKey: bytesOf(record.client_public_key),
        status: record.status
      })
    )
  }

  const session = (deviceSessionId: string) =>
    Effect.flatMap(
      lookUp({ method: "GET", path: `/api/v1/internal/sessions/${encodeURIComponent(deviceSessionId)}` }),
      ({ json, status }) => {
        if (status === 404) return Effect.succeedNone
        return status === 200 ? sessionIn(json) : Effect.fail(new BackendUnavailable())
      }
    )

  const events = Effect.fnUntraced(function* (userId: string, after: number, limit: number) {
    const path = `/api/v1/internal/users/${encodeURIComponent(userId)}/events?after=${after}&limit=${limit}`
    const answer = yield* history({ method: "GET", path })
    if (answer.status !== 200) return yield* new BackendUnavailable()
    const page = yield* decoded(decodeEvents(answer.json))
    return {
      events: page.events.map((it) => ({
        userId,
        deviceSessionId: it.device_session_id ?? "",
        kind: it.kind,
        payload: bytesOf(it.payload),
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
    forward,
    public: (call) =>
      send({
        method: "POST",
        path: call.path,
        body: call.body,
        headers: [
          ...originHeaders(call),
          ...(call.acceptLanguage === undefined ? [] : ["accept-language", call.acceptLanguage])
        ]
      }),
    ready: Effect.flatMap(probe({ method: "GET", path: "/readyz" }), (answer) =>
      answer.status === 200 ? Effect.void : Effect.fail(new BackendUnavailable({ fate: "unready" }))
    )
  })
}
