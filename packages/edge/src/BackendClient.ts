/** Port: what the gateway asks of the backend. */
import { Context, type Effect, type Option } from "effect"
import type { Awaitable } from "./Awaitable.ts"
import type { KeptEvents } from "./hub/KeptEvents.ts"
import type { BackendUnavailable } from "./Refusal.ts"

/** A device session as the backend knows it: whose it is, and the key that signs its requests. */
export interface SessionIdentity {
  readonly userId: string
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly status: "active" | "revoked"
}

/** Where a call comes from, as far as the backend may know. */
export interface Origin {
  readonly sourceIp: string
  readonly requestId: string
  /** Empty when there is none. */
  readonly traceparent: string
}

/** One call of the backend's user surface on behalf of `userId`, who has been verified. */
export interface ForwardRequest extends Origin {
  /** The routed message type that became this call; calls of one type are held back together. */
  readonly messageType?: string | undefined
  readonly method: "GET" | "POST" | "PATCH"
  /** Path and query, encoded. */
  readonly path: string
  readonly body: unknown
  readonly userId: string
  /** The session that signed the request. */
  readonly deviceSessionId: string
}

/** One call of the backend's public surface, always a `POST`; `path` is encoded. */
export interface PublicRequest extends Origin {
  readonly path: string
  readonly body: unknown
  readonly acceptLanguage: string | undefined
}

/** The backend's answer, whatever its HTTP status; `json` is null for an empty body. */
export interface BackendAnswer {
  readonly status: number
  readonly json: unknown
}

/**
 * The gateway's calls to the backend. `forward` and `public` return whatever status the backend answers. All calls fail
 * with `BackendUnavailable` when there is no usable answer in time; `forward`, which most requests go through, returns it.
 * An adapter written in Effect runs its `forward` with `Awaitable.runIn`.
 */
export class BackendClient extends Context.Service<
  BackendClient,
  {
    /** None where there is no such session. */
    session(deviceSessionId: string): Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable>
    /** One call of the user surface, whatever its status. When the signal is aborted, it is given up at once. */
    forward(request: ForwardRequest, signal?: AbortSignal): Awaitable<BackendAnswer | BackendUnavailable>
    /** One call of the public surface. */
    public(request: PublicRequest): Effect.Effect<BackendAnswer, BackendUnavailable>
    /** At most `limit` of the user's kept events with a sequence above `after`, in order. */
    events(userId: string, after: number, limit: number): Effect.Effect<KeptEvents, BackendUnavailable>
    /** Succeeds when the backend's own readiness probe does. */
    readonly ready: Effect.Effect<void, BackendUnavailable>
  }
>()("@galaxy/edge/BackendClient") {}
