/** What an account's end means to each module, gathered for the backend. */
import { Effect, Layer } from "effect"
import { AccountEndSteps } from "./account/AccountEnd.ts"
import { accountEnd as endSessions } from "./auth/accountEnd.ts"
import { accountEnd as endCounts } from "./geo/accountEnd.ts"
import { accountEnd as endInLobby } from "./lobby/accountEnd.ts"
import { accountEnd as endMails } from "./mail/accountEnd.ts"
import { accountEnd as endNotifications } from "./notification/accountEnd.ts"
import { accountEnd as endRaceNames } from "./race-name/accountEnd.ts"

/** The steps of all modules, in the order in which locks are taken. */
export const accountEndSteps = Layer.effect(
  AccountEndSteps,
  Effect.gen(function* () {
    const others = yield* Effect.all([endNotifications, endMails, endInLobby, endRaceNames, endCounts])
    return { sessions: yield* endSessions, others }
  })
)
