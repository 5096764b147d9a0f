/** Port: what the gateway asks of the backend. */
import { Context, type Effect, type Option } from "effect"
import type { KeptEvents } from "./hub/eventStream.ts"
import type { BackendUnavailable } from "./Refusal.ts"

export interface SessionIdentity {
  readonly userId: string
  /** Raw, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly status: "active" | "revoked"
}

/** A call on behalf of somebody, with what the backend may know of its origin. */
export interface Origin {
  readonly sourceIp: string
  readonly requestId: string
  /** Empty when there is none. */
  readonly traceparent: string
}

export interface ForwardRequest extends Origin {
  readonly method: "GET" | "POST" | "PATCH"
  /** Path and query, encoded. */
  readonly path: string
  readonly body: unknown
  readonly userId: string
}

export interface PublicRequest extends Origin {
  readonly path: string
  readonly body: unknown
  readonly acceptLanguage: string | undefined
}

export interface BackendAnswer {
  readonly status: number
  readonly json: unknown
}

export class BackendClient extends Context.Service<
  BackendClient,
  {
    /** None: there is no such session. */
    session(deviceSessionId: string): Effect.Effect<Option.Option<SessionIdentity>, BackendUnavailable>
    /** One call of the user surface, whatever its status. */
    forward(request: ForwardRequest): Effect.Effect<BackendAnswer, BackendUnavailable>
    /** One call of the public surface. */
    public(request: PublicRequest): Effect.Effect<BackendAnswer, BackendUnavailable>
    /** Kept events of a user above a number. */
    events(userId: string, after: number, limit: number): Effect.Effect<KeptEvents, BackendUnavailable>
    readonly ready: Effect.Effect<void, BackendUnavailable>
  }
>()("@galaxy/edge/BackendClient") {}
