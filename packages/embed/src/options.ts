/** Options of a Galaxy, as its user writes them. They are checked when it starts. */
import type { CoreOptions } from "@galaxy/core/Core"
import type { PoolLike } from "@galaxy/host-node/sql/BorrowedPostgres"
import type { BuiltInEngines } from "./builtInEngines.ts"
import type { Engines } from "./engines.ts"
import type { Channel, Kinds } from "./kinds.ts"
import type { SendMail } from "./mail.ts"

/**
 * A PostgreSQL server by its URL, `postgres://user:password@host:port/database`, or a pool of your own. Galaxy works in
 * the schema `backend`.
 *
 * By a URL it opens connections of its own, ten at most for its work and four to listen and for its lock. By a pool it
 * works on the pool's connections, all but one and ten at most, and makes those four with the pool's options, apart from
 * it. Such a connection is used for one transaction at a time. What you have set on it has no effect there, and goes on
 * afterwards. `close` doesn't end the pool.
 */
export type DatabaseOption = string | { readonly pool: Pool } | undefined

/** A `pg.Pool` of node-postgres 8, in JavaScript (not `pg-native`) and without its option `pipeline`. */
export type Pool = PoolLike

/**
 * Who may call: whoever sends this token in the header `x-gateway-token`, or everybody. An admitted caller is believed
 * about the player it calls for, so there is no default. `trustedNetwork` is for servers that nothing but gateways can
 * reach.
 */
export type AccessOption =
  | { readonly gatewayToken: string | undefined; readonly trustedNetwork?: undefined }
  | { readonly trustedNetwork: true; readonly gatewayToken?: undefined }

/** One line of the log. It never holds a secret or an e-mail address. */
export interface LogLine {
  readonly time: string
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** What `createGalaxy` needs. Values of the environment may be passed as they are: what is missing is named. */
export interface GalaxyOptions<K extends Kinds = Kinds> {
  readonly database: DatabaseOption
  /**
   * Keys login codes and seals mails: 32 bytes, as base64 or as they are; `openssl rand -base64 32` makes one. Without
   * it nothing that waits in the database can be read, so keep it as safe as the database.
   */
  readonly secret: string | Uint8Array | undefined
  readonly access: AccessOption
  /** The sender of all mails, such as `Club <club@example.org>`, and who sends them. */
  readonly mail: { readonly from: string; readonly send: SendMail }
  /** Where the engines of games run: `builtInEngines`, or an object of your own. With `"none"` no game can start. */
  readonly engines: "none" | Engines | BuiltInEngines
  /** Notifications of your own. */
  readonly kinds?: K | undefined
  /** Ways to reach players that kinds may go by. */
  readonly channels?: Readonly<Record<string, Channel>> | undefined
  /** An administrator, created unless there is one of this name. The password has 12 characters or more. */
  readonly admin?: { readonly user: string; readonly password: string } | undefined
  /** Where the gateway is reached from outside, for links in mails. */
  readonly publicUrl?: string | undefined
  /** The country of an address, as two letters. Only shown to administrators. */
  readonly country?: ((ip: string) => string | undefined) | undefined
  /** How long a start waits for the previous backend to leave the database, in milliseconds; 20 seconds when absent. */
  readonly lockWaitMs?: number | undefined
  /** Takes lines of the log. By default warnings and errors are written to the console's `error`, as JSON. */
  readonly log?: ((line: LogLine) => void) | undefined
  /** Everything else that the backend can be told. */
  readonly core?: Omit<CoreOptions, "secret" | "mailFrom" | "publicUrl" | "kinds" | "channels"> | undefined
}
