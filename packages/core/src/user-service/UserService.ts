/**
 * The user module alone as one layer, for a process of its own beside a backend on the same database.
 *
 * An account that ends here is marked and its sessions are revoked at once; a backend does the rest.
 */
import { Effect, Layer, type Redacted } from "effect"
import { AccountEndSteps } from "../account/AccountEnd.ts"
import * as AccountEnds from "../account/AccountEnds.ts"
import * as AccountSettings from "../account/AccountSettings.ts"
import * as Accounts from "../account/Accounts.ts"
import * as UserEventOutbox from "../user-event/UserEventOutbox.ts"
import * as UserEventPruner from "../user-event/UserEventPruner.ts"
import * as Users from "../account/Users.ts"
import { accountEnd as endSessions } from "../auth/accountEnd.ts"
import * as Sessions from "../auth/Sessions.ts"
import * as Migrations from "../migrations/Migrations.ts"
import * as PushLog from "../push/PushLog.ts"
import * as BackgroundLoops from "../shared/BackgroundLoops.ts"
import * as Entitlements from "../standing/Entitlements.ts"
import * as EntitlementWorker from "../standing/EntitlementWorker.ts"
import * as Limits from "../standing/Limits.ts"
import * as Sanctions from "../standing/Sanctions.ts"
import * as Standing from "../standing/Standing.ts"
import * as AddressBlocks from "./AddressBlocks.ts"

/** Settings of the user module. */
export interface UserServiceOptions {
  /** The backend's secret: 32 bytes. Without it, addresses that are blocked without an account aren't known. */
  readonly secret?: Redacted.Redacted<Uint8Array> | undefined
}

/** Other modules' steps write mails, for which only a backend has the limits and the links. */
const sessionsOnly = Layer.effect(
  AccountEndSteps,
  Effect.map(endSessions, (sessions) => ({ sessions, others: "elsewhere" as const }))
)

/** All services of the user module over a database, which is migrated first. The host sends the events (`UserEventSender`). */
export const layer = ({ secret }: UserServiceOptions = {}) =>
  Layer.mergeAll(
    AccountEnds.layer.pipe(Layer.provide(sessionsOnly)),
    AddressBlocks.layer(secret),
    EntitlementWorker.layer,
    UserEventPruner.layer()
  ).pipe(
    Layer.provide(Sessions.layer),
    Layer.provide(PushLog.layer()),
    Layer.provideMerge(Layer.mergeAll(Accounts.layer, AccountSettings.layer, Users.layer, UserEventOutbox.layer)),
    Layer.provideMerge(Layer.mergeAll(Standing.layer, Sanctions.layer, Entitlements.layer, Limits.layer)),
    Layer.provideMerge(BackgroundLoops.layer),
    Layer.provideMerge(Migrations.layer)
  )
