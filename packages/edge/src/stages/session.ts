/** Steps 3 and 4: the session is known, and not revoked. */
import { Option } from "effect"
import { boundOf } from "../address.ts"
import { andThen } from "../Awaitable.ts"
import { BackendUnavailable, SessionRevoked, SessionUnknown } from "../Refusal.ts"
import type { SessionCache } from "../SessionCache.ts"
import type { Stage } from "./Stage.ts"

/** Step 3: sets `session`. Refuses with `SessionUnknown`, or as the lookup does with `BackendUnavailable`. */
export const known =
  (sessions: SessionCache["Service"]): Stage =>
  (call) => {
    const { envelope, peer, signal } = call
    return andThen(sessions.find(envelope.deviceSessionId, boundOf(peer), signal), (found) => {
      if (found instanceof BackendUnavailable) return found
      call.session = Option.getOrUndefined(found)
      return call.session === undefined ? new SessionUnknown() : undefined
    })
  }

/** Step 4: refuses with `SessionRevoked`. */
export const active: Stage = ({ session }) => (session?.status === "active" ? undefined : new SessionRevoked())
