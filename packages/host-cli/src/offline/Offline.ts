/**
 * A platform's database without its backend: a PostgreSQL server, or the data folder of a platform that is stopped.
 *
 * What is done here leaves audit rows whose actor is `offline:` and the name of the user of this machine.
 */
import { userInfo } from "node:os"
import type { DatabaseSignal } from "@galaxy/core/shared/DatabaseSignal"
import { Context, type Redacted } from "effect"
import type { SqlClient } from "effect/sql"

/** What commands without a server work on. */
export interface OfflineShape {
  readonly kind: "postgres" | "folder"
  /** For people: host and name of the database, or the folder. Holds no secret. */
  readonly place: string
  /** The folder that holds the engines' `games`; undefined where it isn't known. */
  readonly engines: string | undefined
  /** The backend's secret key; undefined where it isn't known. */
  readonly secret: Redacted.Redacted<Uint8Array> | undefined
  /** The file of erased accounts; undefined where none is kept. */
  readonly ledger: string | undefined
}

/** The database at hand, with `SqlClient` and `DatabaseSignal` beside it. */
export class Offline extends Context.Service<Offline, OfflineShape>()("galaxy-admin/Offline") {}

/** What handlers without a server need. */
export type OfflineServices = Offline | SqlClient.SqlClient | DatabaseSignal

/** Who does it, in audit rows. */
export const actorName = (): string => `offline:${userInfo().username}`
