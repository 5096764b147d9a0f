/**
 * The whole backend as one layer: every service and every background worker, over the ports that a host supplies.
 *
 * A host adds listeners and adapters to it and nothing else. Workers run unless they are named in `withoutWorkers`: a
 * program that forgot them would take orders and never make a turn.
 */
import { Layer, type Redacted } from "effect"
import type { Sharding } from "effect/cluster"
import type { HttpClient } from "effect/http"
import type { SqlClient } from "effect/sql"
import * as AccountEnds from "./account/AccountEnds.ts"
import * as AccountEndWorker from "./account/AccountEndWorker.ts"
import * as Accounts from "./account/Accounts.ts"
import { accountEndSteps } from "./accountEndSteps.ts"
import * as UserEventPruner from "./user-event/UserEventPruner.ts"
import * as AdminAccounts from "./admin/AdminAccounts.ts"
import * as ErasureLedger from "./account/ErasureLedger.ts"
import * as AccountSettings from "./account/AccountSettings.ts"
import * as Users from "./account/Users.ts"
import * as Admins from "./admin/Admins.ts"
import type { PasswordHasher } from "./admin/PasswordHasher.ts"
import * as AuditLog from "./audit/AuditLog.ts"
import * as AuthPruner from "./auth/AuthPruner.ts"
import * as AuthSettings from "./auth/AuthSettings.ts"
import * as Erasures from "./auth/Erasures.ts"
import * as ErasureWorker from "./auth/ErasureWorker.ts"
import * as BlockedAddresses from "./auth/BlockedAddresses.ts"
import * as Challenges from "./auth/Challenges.ts"
import * as SessionRecords from "./auth/SessionRecords.ts"
import * as Sessions from "./auth/Sessions.ts"
import * as SignInNetworks from "./auth/SignInNetworks.ts"
import type { EngineHost } from "./engine/EngineHost.ts"
import * as EngineTokens from "./engine/EngineTokens.ts"
import * as Countries from "./geo/Countries.ts"
import * as CountryCounters from "./geo/CountryCounters.ts"
import type { GeoIp } from "./geo/GeoIp.ts"
import * as LobbyConfig from "./lobby/game/LobbyConfig.ts"
import * as Incarnations from "./incarnation/Incarnations.ts"
import * as IncarnationWatch from "./incarnation/IncarnationWatch.ts"
import * as InvitePruner from "./lobby/invite/InvitePruner.ts"
import * as Lobby from "./lobby/Lobby.ts"
import * as MailOutbox from "./mail/MailOutbox.ts"
import type { MailTransport } from "./mail/MailTransport.ts"
import * as MailPruner from "./mail/MailPruner.ts"
import type * as MailWorker from "./mail/MailWorker.ts"
import * as SecretBox from "./mail/SecretBox.ts"
import type { UnsubscribeLinksOptions } from "./mail/UnsubscribeLinks.ts"
import * as Migrations from "./migrations/Migrations.ts"
import type { Channels } from "./notification/channels/Channel.ts"
import * as ChannelWorker from "./notification/channels/ChannelWorker.ts"
import type { ForeignKinds } from "./notification/ForeignKinds.ts"
import type { NotificationLimits } from "./notification/mailRoom.ts"
import * as NotificationPruner from "./notification/NotificationPruner.ts"
import * as Telling from "./notification/Telling.ts"
import * as Play from "./play/Play.ts"
import * as StatePruner from "./play/StatePruner.ts"
import * as Notices from "./push/Notices.ts"
import * as PushBroker from "./push/PushBroker.ts"
import * as PushLog from "./push/PushLog.ts"
import * as PushPruner from "./push/PushPruner.ts"
import * as Directory from "./race-name/Directory.ts"
import type { RaceNameSettings } from "./race-name/RaceNameConfig.ts"
import * as RaceNameSweeper from "./race-name/RaceNameSweeper.ts"
import * as Runtime from "./runtime/Runtime.ts"
import * as RuntimeCluster from "./runtime/RuntimeCluster.ts"
import * as RuntimeConfig from "./runtime/RuntimeConfig.ts"
import * as RuntimePruner from "./runtime/RuntimePruner.ts"
import * as StateVault from "./runtime/vault/StateVault.ts"
import * as BackgroundLoops from "./shared/BackgroundLoops.ts"
import type { DatabaseSignal } from "./shared/DatabaseSignal.ts"
import * as EntitlementWorker from "./standing/EntitlementWorker.ts"
import * as Entitlements from "./standing/Entitlements.ts"
import * as Limits from "./standing/Limits.ts"
import * as Sanctions from "./standing/Sanctions.ts"
import * as Standing from "./standing/Standing.ts"

/** The background workers: they send mails, start games and make their turns, and prune old rows. */
export type WorkerName =
  | "mail"
  | "channels"
  | "runtime"
  | "push-pruner"
  | "auth-pruner"
  | "account-ends"
  | "erasure"
  | "mail-pruner"
  | "runtime-pruner"
  | "notification-pruner"
  | "invite-pruner"
  | "state-pruner"
  | "entitlements"
  | "user-event-pruner"
  | "race-name-sweeper"

/** Settings of the backend. Whatever is left out has the default of its module. */
export interface CoreOptions {
  /** Keys login codes and seals mails: 32 bytes, the same for all backends of a database. */
  readonly secret: Redacted.Redacted<Uint8Array>
  /** Sender of all mails: `Galaxy <galaxy@example.org>`. */
  readonly mailFrom: string
  /** Milliseconds that events are kept for streams that resume; a day when absent. */
  readonly keepEventsMs?: number | undefined
  /** Milliseconds that mails are kept after they were sent or given up; 30 days when absent. */
  readonly keepMailsMs?: number | undefined
  /** Milliseconds that the runtime's operations are kept at least; 30 days when absent. */
  readonly keepOperationsMs?: number | undefined
  /** Milliseconds that notifications are kept, at least a day; 30 days when absent. */
  readonly keepNotificationsMs?: number | undefined
  /** Milliseconds that invites are kept after they were settled or expired, at least a day; 90 days when absent. */
  readonly keepInvitesMs?: number | undefined
  /** Milliseconds that players read the reports of a game after its end, at least a day; 366 days when absent. */
  readonly keepReportsMs?: number | undefined
  readonly auth?: Partial<AuthSettings.AuthSettingsShape> | undefined
  readonly raceNames?: Partial<RaceNameSettings> | undefined
  readonly lobby?: Partial<LobbyConfig.LobbySettings> | undefined
  readonly runtime?: RuntimeConfig.RuntimeOptions | undefined
  /** Where games' states are kept; in the folders of their engines' hosts alone when absent. */
  readonly engineStates?: Layer.Layer<StateVault.StateVault, never, SqlClient.SqlClient> | undefined
  /** Where operators are mailed about failures; nowhere when absent. */
  readonly adminEmail?: string | undefined
  /** See `UnsubscribeLinks`; `http://127.0.0.1:8080` when absent. */
  readonly publicUrl?: UnsubscribeLinksOptions["publicUrl"] | undefined
  readonly notifications?: Partial<NotificationLimits> | undefined
  readonly mail?: Partial<MailWorker.MailWorkerOptions> | undefined
  /** Kinds of notifications of the embedding program, and the channels that they go by; none when absent. */
  readonly kinds?: ForeignKinds | undefined
  readonly channels?: Channels | undefined
  readonly channelDelivery?: Partial<ChannelWorker.ChannelWorkerOptions> | undefined
  /** Ids of erased accounts outside of the database, for restored backups; none is kept when absent. */
  readonly erasureLedger?: ErasureLedger.ErasureLedger | undefined
  /** Workers that don't run in this program because another one on the same database runs them. */
  readonly withoutWorkers?: ReadonlyArray<WorkerName> | undefined
}

/** What a host must supply. Ports that a program may do without have a `layerNone`. */
export type Ports =
  | SqlClient.SqlClient
  | DatabaseSignal
  | MailTransport
  | EngineHost
  | GeoIp
  | PasswordHasher
  | HttpClient.HttpClient

const dayMs = 86_400_000

/**
 * All services, with their workers, over a database that is migrated first. The owners of games live in `sharding`, which
 * is built after that; in this process alone when absent.
 */
export const layer = <E = never, R = never>(
  options: CoreOptions,
  sharding: Layer.Layer<Sharding.Sharding, E, R> = RuntimeCluster.layerSingle
) => {
  const runs = (worker: WorkerName) => options.withoutWorkers?.includes(worker) !== true
  const worker = <E, R>(name: WorkerName, work: Layer.Layer<never, E, R>): Layer.Layer<never, E, R> =>
    runs(name) ? work : Layer.empty

  const secrets = Layer.mergeAll(
    SecretBox.layer({ secret: options.secret }),
    AuthSettings.layer({ codeKey: options.secret, ...options.auth })
  )
  const outboxes = Layer.mergeAll(
    MailOutbox.layer({ messageIdDomain: MailOutbox.domainOf(options.mailFrom) }),
    Notices.layer,
    PushLog.layer({ keepFor: options.keepEventsMs ?? dayMs })
  )
  const identity = Layer.mergeAll(Challenges.layer, worker("auth-pruner", AuthPruner.layer())).pipe(
    Layer.provideMerge(BlockedAddresses.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        Accounts.layer,
        Users.layer,
        AccountSettings.layer.pipe(
          Layer.provide(Layer.succeed(AccountSettings.OtherKinds, new Set(Object.keys(options.kinds ?? {}))))
        ),
        Sessions.layer,
        SessionRecords.layer,
        SignInNetworks.layer
      )
    ),
    Layer.provideMerge(
      Layer.mergeAll(Admins.layer, AdminAccounts.layer, AuditLog.layer, CountryCounters.layer, Countries.layer)
    )
  )
  const lobby = Lobby.layer.pipe(
    Layer.provideMerge(Runtime.layerForAdmins),
    Layer.provideMerge(Runtime.layerForLobby),
    Layer.provide(LobbyConfig.layer(options.lobby))
  )
  const keepReports = options.keepReportsMs ?? StatePruner.keepFor
  const games = Layer.merge(
    Play.layer({ keepReports }),
    worker("state-pruner", StatePruner.layer({ keepFor: keepReports }))
  ).pipe(
    Layer.provideMerge(runs("runtime") ? Runtime.layerAtWork : Runtime.layer),
    Layer.provide(options.engineStates ?? StateVault.layerNone),
    Layer.provide(EngineTokens.layer({ secret: options.secret })),
    Layer.provide(Runtime.layerForLobby),
    Layer.provide(Lobby.layerForRuntime.pipe(Layer.provide(Runtime.layerForLobby))),
    Layer.provide(Layer.mergeAll(RuntimeConfig.layer(options.runtime), sharding))
  )
  const tellers = Layer.mergeAll(
    PushBroker.layer(),
    worker("mail", Telling.mailWorker({ from: options.mailFrom, ...options.mail })),
    worker("channels", ChannelWorker.layer(options.channels ?? {}, options.channelDelivery)),
    worker("push-pruner", PushPruner.layer()),
    worker("mail-pruner", MailPruner.layer({ keepFor: options.keepMailsMs ?? 30 * dayMs })),
    worker("runtime-pruner", RuntimePruner.layer({ keepFor: options.keepOperationsMs ?? 30 * dayMs })),
    worker("notification-pruner", NotificationPruner.layer({ keepFor: options.keepNotificationsMs ?? 30 * dayMs })),
    worker("race-name-sweeper", RaceNameSweeper.layer()),
    worker("user-event-pruner", UserEventPruner.layer()),
    worker("invite-pruner", InvitePruner.layer({ keepFor: options.keepInvitesMs ?? 90 * dayMs }))
  )
  const ends = Layer.mergeAll(
    worker("account-ends", AccountEndWorker.layer),
    worker("erasure", ErasureWorker.layer)
  ).pipe(
    Layer.provideMerge(Erasures.layer(options.erasureLedger ?? ErasureLedger.none)),
    Layer.provideMerge(AccountEnds.layer.pipe(Layer.provide(accountEndSteps)))
  )
  return ends.pipe(
    Layer.provideMerge(Layer.mergeAll(identity, lobby, games, tellers)),
    Layer.provideMerge(Directory.layer(options.raceNames)),
    Layer.provideMerge(Telling.layer({ ...options, defaultLanguage: options.auth?.defaultLanguage })),
    // Before anybody acts on what the database says, it is known whose history that is.
    Layer.provideMerge(IncarnationWatch.layer.pipe(Layer.provideMerge(Incarnations.layer))),
    Layer.provideMerge(outboxes),
    Layer.provideMerge(worker("entitlements", EntitlementWorker.layer)),
    Layer.provideMerge(Layer.mergeAll(Standing.layer, Sanctions.layer, Entitlements.layer, Limits.layer)),
    Layer.provideMerge(Layer.merge(secrets, BackgroundLoops.layer)),
    // Before anything reads the database, it has its tables.
    Layer.provideMerge(Migrations.layer)
  )
}
