/** Steps 3 and 4: the session is known, and not revoked. */
import { Effect, Option } from "effect"
import { boundOf } from "../address.ts"
import { SessionRevoked, SessionUnknown } from "../Refusal.ts"
import type { SessionCache } from "../SessionCache.ts"
import type { Stage } from "./Stage.ts"

/** Step 3: sets `session`. Fails with `SessionUnknown`, or as the lookup does with `BackendUnavailable`. */
export const known =
  (sessions: SessionCache["Service"]): Stage =>
  (examined) =>
    Effect.flatMap(
      sessions.get(examined.envelope.deviceSessionId, boundOf(examined.peer)),
      Option.match({
        onNone: () => Effect.fail(new SessionUnknown()),
        onSome: (session) => Effect.succeed({ ...examined, session })
      })
    )

/** Step 4: fails with `SessionRevoked`. */
export const active: Stage = (examined) =>
  examined.session?.status === "active" ? Effect.succeed(examined) : Effect.fail(new SessionRevoked())
