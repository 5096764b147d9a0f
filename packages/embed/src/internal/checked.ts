/** Options as the backend takes them. Everything that can be wrong with them is found here, before anything starts. */
import type { Callers } from "@galaxy/core/http/Callers"
import type { ForeignKinds } from "@galaxy/core/notification/ForeignKinds"
import { isSupported, type PoolLike } from "@galaxy/host-node/sql/BorrowedPostgres"
import { Redacted } from "effect"
import type { Engines } from "../engines.ts"
import { GalaxyStartFailed } from "../errors.ts"
import type { GalaxyOptions } from "../options.ts"
import { hostOf } from "./engineHosts.ts"
import { foreignKinds } from "./ownKinds.ts"

/** Options that have been checked. */
export interface Checked {
  readonly given: GalaxyOptions
  readonly database: { readonly url: string } | { readonly pool: PoolLike }
  readonly secret: Redacted.Redacted<Uint8Array>
  readonly callers: Callers
  readonly kinds: ForeignKinds
}

const shortestToken = 16
const sender = /^(?:[^<>@\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/

const refuse = (message: string): never => {
  throw new GalaxyStartFailed("invalid_options", message)
}

const poolOf = (given: { readonly pool?: unknown }): Checked["database"] => {
  const pool = given.pool as Partial<PoolLike> | null | undefined
  if (typeof pool?.connect !== "function" || typeof pool.options !== "object" || !isSupported(pool as PoolLike))
    return refuse("database.pool must be a Pool of node-postgres 8, without its option pipeline")
  return { pool: pool as PoolLike }
}

const databaseOf = (given: GalaxyOptions["database"] | null): Checked["database"] => {
  if (typeof given === "object" && given !== null) return poolOf(given)
  if (given === undefined || given === null || given === "")
    return refuse(
      "database is missing: give the URL of a PostgreSQL database, postgres://user:password@host/database, or { pool }"
    )
  const scheme = URL.canParse(given) ? new URL(given).protocol : ""
  return scheme === "postgres:" || scheme === "postgresql:"
    ? { url: given }
    : refuse("database must be a URL such as postgres://user:password@host:5432/database")
}

const bytesOf = (given: string | Uint8Array): Uint8Array => {
  if (typeof given !== "string") return given
  try {
    return Uint8Array.from(atob(given.trim().replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

/** 32 bytes, given as they are or as base64. `name` is the option's. */
export const secretOf = (name: string, given: string | Uint8Array | undefined): Redacted.Redacted<Uint8Array> => {
  const how = "32 bytes as base64, for example from: openssl rand -base64 32"
  if (given === undefined || given === "") return refuse(`${name} is missing: give ${how}`)
  const bytes = bytesOf(given)
  return bytes.length === 32 ? Redacted.make(new Uint8Array(bytes)) : refuse(`${name} must be ${how}`)
}

const callersOf = (access: GalaxyOptions["access"] | undefined): Callers => {
  if (access?.trustedNetwork === true && access.gatewayToken === undefined) return { trustedNetwork: true }
  const token = access?.gatewayToken
  if (access === undefined || token === undefined || token === "")
    return refuse("access must be { gatewayToken } or { trustedNetwork: true }: there is no default for who may call")
  if (token.length < shortestToken) return refuse(`access.gatewayToken must have ${shortestToken} characters or more`)
  return { gatewayToken: Redacted.make(token) }
}

const isEngines = (it: Partial<Engines> | undefined): boolean =>
  (typeof it === "object" && it !== null && hostOf(it) !== undefined) ||
  (typeof it?.versions === "object" &&
    [it.start, it.inspect, it.stop, it.discard, it.list].every((method) => typeof method === "function"))

/** Throws `GalaxyStartFailed` with `invalid_options`. */
export const checked = (given: GalaxyOptions): Checked => {
  const { mail, engines } = given as Partial<GalaxyOptions>
  const database = databaseOf(given.database)
  const secret = secretOf("secret", given.secret)
  const callers = callersOf(given.access)
  if (typeof mail?.send !== "function") refuse("mail.send must be a function that hands a mail to your provider")
  if (typeof mail?.from !== "string" || !sender.test(mail.from))
    refuse("mail.from must be a sender such as Club <club@example.org>")
  if (engines !== "none" && !isEngines(engines))
    refuse(
      'engines must be "none", builtInEngines(…) or an object with versions, start, inspect, stop, discard and list'
    )
  const { admin } = given as { readonly admin?: { readonly user?: unknown; readonly password?: unknown } }
  if (admin !== undefined && (typeof admin.user !== "string" || admin.user === "")) refuse("admin.user is missing")
  if (admin !== undefined && (typeof admin.password !== "string" || admin.password.length < 12))
    refuse("admin.password must have 12 characters or more")
  if (given.publicUrl !== undefined && !URL.canParse(given.publicUrl)) refuse("publicUrl must be a URL")
  return { given, database, secret, callers, kinds: foreignKinds(given.kinds ?? {}, given.channels ?? {}) }
}
