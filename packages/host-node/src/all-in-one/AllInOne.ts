/**
 * The one-process shape: PGlite and replay reservations on disk, engines as child processes, mails caught.
 *
 * Built from the same layers as every other shape; only the adapters behind the ports differ.
 */
import { randomBytes } from "node:crypto"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import * as DatabaseOwnership from "@galaxy/core/shared/DatabaseOwnership"
import { Effect, Layer, Redacted } from "effect"
import type { Address } from "../config/Setting.ts"
import * as BcryptPasswordHasher from "../crypto/BcryptPasswordHasher.ts"
import * as ChildProcessEngineHost from "../engine-host/ChildProcessEngineHost.ts"
import * as FileReplayStore from "../gateway/FileReplayStore.ts"
import * as GatewayServer from "../gateway/GatewayServer.ts"
import * as diskSpace from "../files/diskSpace.ts"
import * as FileErasureLedger from "../files/FileErasureLedger.ts"
import * as GrpcPushSource from "../gateway/GrpcPushSource.ts"
import * as HttpBackendClient from "../gateway/HttpBackendClient.ts"
import * as FastestEdgeCrypto from "../gateway/FastestEdgeCrypto.ts"
import * as MmdbGeoIp from "../geo/MmdbGeoIp.ts"
import type { CaughtMail } from "../mail/catcher/CaughtMail.ts"
import * as MailCatcher from "../mail/catcher/MailCatcher.ts"
import * as SmtpMailTransport from "../mail/SmtpMailTransport.ts"
import * as BackendServer from "../processes/BackendServer.ts"
import { Platform } from "../processes/Platform.ts"
import * as PgDatabaseSignal from "../sql/PgDatabaseSignal.ts"
import * as Pglite from "../sql/Pglite.ts"
import * as DataFolder from "./DataFolder.ts"
import * as RunningFile from "./RunningFile.ts"

/** Where the parts of the one process listen, and what overrides their defaults. */
export interface AllInOneOptions {
  readonly dataDir: string
  readonly gateway: Address
  readonly backend: Address
  readonly push: Address
  readonly mailPage: Address
  /** Host names that the mail page answers to, besides those of loopback. */
  readonly mailPageHosts?: ReadonlyArray<string> | undefined
  readonly mailSmtp: Address
  /** The relay that mails go to; absent where they are caught and shown. Holds a password. */
  readonly mailRelayUrl?: Redacted.Redacted | undefined
  readonly edge?: Partial<GatewayServer.GatewayOptions>
  readonly core?: Partial<BackendServer.BackendServerOptions>
  /** Token for gateways elsewhere that share this backend; generated at each start when absent. */
  readonly gatewayToken?: Redacted.Redacted | undefined
  /** Limits of the engines, which run as child processes. */
  readonly engines?: Omit<ChildProcessEngineHost.ChildProcessOptions, "dataDir">
  readonly geoIpDbPath?: string | undefined
  /** Takes precedence over the administrator in the data folder. */
  readonly admin?: { readonly user: string; readonly password: string } | undefined
  /** Called with each caught mail, which holds a sign-in code; not for a log. */
  readonly onMail?: (mail: CaughtMail) => void
}

const anyPort: Address = { host: "127.0.0.1", port: 0 }

/** Every port is chosen by the system, for a run beside others. */
export const onFreePorts = (dataDir: string): AllInOneOptions => ({
  dataDir,
  gateway: anyPort,
  backend: anyPort,
  push: anyPort,
  mailPage: anyPort,
  mailSmtp: anyPort
})

const day = 86_400_000

const bytes = (base64: string) => Redacted.make(new Uint8Array(Buffer.from(base64, "base64")))

const adminOf = (options: AllInOneOptions, folder: DataFolder.DataFolder) =>
  options.admin ?? { user: folder.keys.admin_user, password: folder.keys.admin_password }

/** Lives in this process's memory and nowhere else. */
const newToken = Effect.sync(() => Redacted.make(randomBytes(32).toString("base64url")))

/** Where the gateway listens, once it does. */
interface Reach {
  url: string | undefined
}

const backendOf = (
  options: AllInOneOptions,
  folder: DataFolder.DataFolder,
  gatewayToken: Redacted.Redacted,
  reach: Reach
) => {
  const admin = adminOf(options, folder)
  // Nobody else opens it: the data folder is locked.
  const database = Layer.merge(PgDatabaseSignal.layer, DatabaseOwnership.layerExclusive).pipe(
    Layer.provideMerge(Pglite.layer({ dataDir: folder.database }))
  )
  const mail = Layer.unwrap(
    Effect.gen(function* () {
      if (options.mailRelayUrl !== undefined) {
        return SmtpMailTransport.layer(yield* SmtpMailTransport.fromUrl(Redacted.value(options.mailRelayUrl)))
      }
      const { smtpPort, smtpAuth } = yield* MailCatcher.MailCatcher
      return SmtpMailTransport.layer({ host: options.mailSmtp.host, port: smtpPort, tls: "none", auth: smtpAuth })
    })
  )
  const countries = MmdbGeoIp.layerFrom(options.geoIpDbPath)
  return BackendServer.layer({
    host: options.backend.host,
    port: options.backend.port,
    pushHost: options.push.host,
    pushPort: options.push.port,
    secret: bytes(folder.keys.backend_secret),
    admin: { user: admin.user, password: Redacted.make(admin.password) },
    mailFrom: "Galaxy <galaxy@localhost>",
    keepEventsMs: day,
    erasureLedger: FileErasureLedger.make(join(folder.path, "erased-accounts")),
    ...options.core,
    publicUrl: options.core?.publicUrl ?? (() => reach.url ?? "http://127.0.0.1:8080"),
    callers: { gatewayToken }
  }).pipe(
    Layer.provide(
      Layer.mergeAll(
        database,
        mail,
        countries,
        BcryptPasswordHasher.layer(),
        diskSpace.layer({ "the data folder": folder.path }),
        ChildProcessEngineHost.layer({ ...options.engines, dataDir: folder.path })
      )
    )
  )
}

const gatewayOf = (options: AllInOneOptions, folder: DataFolder.DataFolder, token: Redacted.Redacted) =>
  GatewayServer.layer({ host: options.gateway.host, port: options.gateway.port, ...options.edge }).pipe(
    Layer.provide(
      Layer.unwrap(
        Effect.map(BackendServer.BackendServer, ({ url, pushUrl }) =>
          Layer.mergeAll(
            HttpBackendClient.layer({ url, token }),
            GrpcPushSource.layer({ urls: [pushUrl], clientId: "all-in-one", token }),
            FastestEdgeCrypto.layer({ signingSeed: bytes(folder.keys.gateway_signing_seed) })
          )
        )
      )
    )
  )

/** Built before the database exists: a folder with a database but without reservations has lost them. */
const replayOf = (folder: DataFolder.DataFolder) =>
  Layer.unwrap(
    Effect.sync(() =>
      FileReplayStore.layer({
        folder: join(folder.path, "reservations"),
        isNew: !existsSync(folder.database) || readdirSync(folder.database).length === 0
      })
    )
  )

const platform = (options: AllInOneOptions, folder: DataFolder.DataFolder, reach: Reach) =>
  Layer.effect(
    Platform,
    Effect.gen(function* () {
      const gateway = yield* GatewayServer.GatewayServer
      const backend = yield* BackendServer.BackendServer
      const catcher = yield* MailCatcher.MailCatcher
      const admin = adminOf(options, folder)
      reach.url = gateway.url
      const mailPageUrl = catcher.url.replace(/\/$/, "")
      yield* RunningFile.keep(folder.path, {
        backend_url: backend.url,
        gateway_url: gateway.url,
        mail_page_url: mailPageUrl
      })
      return {
        gatewayUrl: gateway.url,
        backendUrl: backend.url,
        mailPageUrl,
        mailPageKey: Redacted.value(catcher.key),
        adminUser: admin.user,
        adminPassword: admin.password,
        folderLost: folder.lost
      }
    })
  )

/** The whole platform in an open data folder. Everything ends with the scope, engines included. */
export const layerIn = (folder: DataFolder.DataFolder, options: AllInOneOptions) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const token = options.gatewayToken ?? (yield* newToken)
      const reach: Reach = { url: undefined }
      return platform(options, folder, reach).pipe(
        Layer.provide(gatewayOf(options, folder, token)),
        Layer.provide(backendOf(options, folder, token, reach)),
        Layer.provide(
          MailCatcher.layer({
            host: options.mailPage.host,
            httpPort: options.mailPage.port,
            allowedHosts: options.mailPageHosts,
            smtpPort: options.mailSmtp.port,
            key: Redacted.make(folder.keys.mail_page_key),
            folder: folder.mails,
            ...(options.onMail === undefined ? {} : { onMail: options.onMail })
          })
        ),
        Layer.provide(replayOf(folder))
      )
    })
  )

/** The whole platform; also opens the data folder, and fails with `DataFolderUnusable` where it can't. */
export const layer = (options: AllInOneOptions) =>
  Layer.unwrap(Effect.map(DataFolder.open(options.dataDir), (folder) => layerIn(folder, options)))
