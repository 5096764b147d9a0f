/**
 * The user module alone as one layer, for a process of its own beside a backend on the same database.
 *
 * Accounts end here by the same steps as in the backend. Those write mails, for which they need the backend's secret.
 * Without it an account is still marked and its sessions are revoked at once, and the backend does the rest.
 */
import { Effect, Layer, type Redacted } from "effect"
import { AccountEndSteps } from "../account/AccountEnd.ts"
import * as AccountEnds from "../account/AccountEnds.ts"
import * as AccountSettings from "../account/AccountSettings.ts"
import * as Accounts from "../account/Accounts.ts"
import * as Users from "../account/Users.ts"
import { accountEndSteps } from "../accountEndSteps.ts"
import { accountEnd as endSessions } from "../auth/accountEnd.ts"
import * as Sessions from "../auth/Sessions.ts"
import * as EngineVersions from "../engine/EngineVersions.ts"
import * as MailOutbox from "../mail/MailOutbox.ts"
import * as SecretBox from "../mail/SecretBox.ts"
import * as Migrations from "../migrations/Migrations.ts"
import * as Notifications from "../notification/Notifications.ts"
import * as PushLog from "../push/PushLog.ts"
import * as Directory from "../race-name/Directory.ts"
import * as RuntimeJobs from "../runtime/RuntimeJobs.ts"
import * as BackgroundLoops from "../shared/BackgroundLoops.ts"
import { StorageError } from "../shared/StorageError.ts"
import * as Entitlements from "../standing/Entitlements.ts"
import * as EntitlementWorker from "../standing/EntitlementWorker.ts"
import * as Limits from "../standing/Limits.ts"
import * as Sanctions from "../standing/Sanctions.ts"
import * as Standing from "../standing/Standing.ts"
import * as AddressBlocks from "./AddressBlocks.ts"

/** Settings of the user module. */
export interface UserServiceOptions {
  /**
   * The backend's secret: 32 bytes. Without it a backend completes what ends with an account, and addresses that are
   * blocked without an account aren't known.
   */
  readonly secret?: Redacted.Redacted<Uint8Array> | undefined
}

/** Mails carry it in their `Message-ID`; who sends them is up to the backend. */
const messageIdDomain = "localhost"

const all = (secret: Redacted.Redacted<Uint8Array>) =>
  accountEndSteps.pipe(
    Layer.provide(Directory.layer()),
    Layer.provide(Notifications.layer()),
    Layer.provide(MailOutbox.layer({ messageIdDomain })),
    Layer.provide(SecretBox.layer({ secret })),
    Layer.provide(RuntimeJobs.layer),
    Layer.provide(EngineVersions.layer)
  )

/** Ends the sessions and fails at the rest, so that it is repeated by the backend's worker. */
const sessionsOnly = Layer.effect(
  AccountEndSteps,
  Effect.map(endSessions, (sessions) => ({
    sessions,
    others: [
      {
        name: "for the backend",
        run: () =>
          Effect.fail(
            new StorageError({ retryable: false, cause: new Error("without the secret no mail can be written") })
          )
      }
    ]
  }))
)

/** All services of the user module over a database, which is migrated first. Needs `UserEvents` of the host. */
export const layer = ({ secret }: UserServiceOptions = {}) =>
  Layer.mergeAll(
    AccountEnds.layer.pipe(Layer.provide(secret === undefined ? sessionsOnly : all(secret))),
    AddressBlocks.layer(secret),
    EntitlementWorker.layer
  ).pipe(
    Layer.provide(Sessions.layer),
    Layer.provide(PushLog.layer()),
    Layer.provideMerge(Layer.mergeAll(Accounts.layer, AccountSettings.layer, Users.layer)),
    Layer.provideMerge(Layer.mergeAll(Standing.layer, Sanctions.layer, Entitlements.layer, Limits.layer)),
    Layer.provideMerge(BackgroundLoops.layer),
    Layer.provideMerge(Migrations.layer)
  )
