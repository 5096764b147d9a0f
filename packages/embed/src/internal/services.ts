/** The backend of an embedded Galaxy as one layer: the core over the adapters that its options name. */
import * as Core from "@galaxy/core/Core"
import * as Admins from "@galaxy/core/admin/Admins"
import * as EngineHost from "@galaxy/core/engine/EngineHost"
import * as EngineVersions from "@galaxy/core/engine/EngineVersions"
import * as Probes from "@galaxy/core/http/probes"
import { DatabaseOwnership } from "@galaxy/core/shared/DatabaseOwnership"
import * as BcryptPasswordHasher from "@galaxy/host-node/crypto/BcryptPasswordHasher"
import * as BorrowedPostgres from "@galaxy/host-node/sql/BorrowedPostgres"
import * as PgDatabaseSignal from "@galaxy/host-node/sql/PgDatabaseSignal"
import * as Postgres from "@galaxy/host-node/sql/Postgres"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpServer } from "effect/http"
import type { Engines } from "../engines.ts"
import type { GalaxyOptions } from "../options.ts"
import type { Checked } from "./checked.ts"
import { hostOf } from "./engineHosts.ts"
import * as OwnCountries from "../GeoIp.ts"
import * as logging from "./logging.ts"
import * as OwnEngines from "../EngineHost.ts"
import { coreChannels } from "./ownKinds.ts"
import * as OwnMail from "./ownMail.ts"

/** Creates what must exist before the first request: versions of engines and, where one is named, an administrator. */
const prepare = ({ given: { admin, engines } }: Checked) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const versions = yield* EngineVersions.EngineVersions
      if (engines !== "none") {
        for (const [version, image] of Object.entries(engines.versions)) yield* versions.register(version, image)
      }
      if (admin !== undefined) yield* (yield* Admins.Admins).bootstrap(admin.user, Redacted.make(admin.password))
    })
  )

const readiness = Layer.unwrap(Effect.map(DatabaseOwnership, ({ held }) => Probes.layer({ "database lock": held })))

const engineHost = (engines: GalaxyOptions["engines"]): Layer.Layer<EngineHost.EngineHost> => {
  if (engines === "none") return EngineHost.layerNone
  // What it isn't has been checked to be an object that runs engines.
  return hostOf(engines) ?? OwnEngines.layer(engines as Engines)
}

/** Building it connects, migrates the database and starts all background work. */
export const layer = (checked: Checked) => {
  const { given, database } = checked
  const lockWait = given.lockWaitMs === undefined ? {} : { lockWaitMs: given.lockWaitMs }
  const ports = Layer.mergeAll(
    OwnMail.layer(given.mail.send),
    engineHost(given.engines),
    OwnCountries.layer(given.country),
    BcryptPasswordHasher.layer(),
    FetchHttpClient.layer,
    HttpServer.layerServices,
    PgDatabaseSignal.layer
  ).pipe(
    Layer.provideMerge(
      "pool" in database
        ? BorrowedPostgres.layerOwned({ ...database, ...lockWait })
        : Postgres.layerOwned({ ...database, ...lockWait })
    )
  )
  return Layer.merge(prepare(checked), readiness).pipe(
    Layer.provideMerge(
      Core.layer({
        ...given.core,
        secret: checked.secret,
        mailFrom: given.mail.from,
        kinds: checked.kinds,
        channels: coreChannels(given.channels ?? {}),
        ...(given.publicUrl === undefined ? {} : { publicUrl: given.publicUrl })
      })
    ),
    Layer.provideMerge(ports),
    Layer.provideMerge(logging.layer(given.log))
  )
}

/** What the services of a running Galaxy are. */
export type Services = Layer.Success<ReturnType<typeof layer>>
