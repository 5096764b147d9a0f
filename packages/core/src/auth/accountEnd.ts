/** When an account ends, all of its sessions do, each with its row in the ledger of revocations. */
import { Effect } from "effect"
import type { AccountEndStep } from "../account/AccountEnd.ts"
import { Sessions } from "./Sessions.ts"

/** The step that is done even where others fail. */
export const accountEnd: Effect.Effect<AccountEndStep, never, Sessions> = Effect.map(Sessions, (sessions) => ({
  name: "sessions",
  run: ({ userId, kind, actor }) => Effect.asVoid(sessions.endAll(userId, kind, actor))
}))
