/**
 * The data folder of a platform on this machine: `npm start` writes there where its backend listens (`running.json`) and
 * who its administrator is (`keys.json`), so that nobody has to set anything up.
 */
import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { isAlive } from "@galaxy/host-node/files/processIdentity"
import { Effect, Option, Redacted, Schema } from "effect"
import { LocalFailure } from "../failures.ts"
import type { HostShape } from "../host/Host.ts"
import { readPrivate } from "./files.ts"

const Running = Schema.Struct({
  process_id: Schema.Int,
  /** Tells the process from a later one with its number. Files of earlier versions don't have it. */
  process: Schema.optionalKey(Schema.String),
  backend_url: Schema.NonEmptyString
})
const Keys = Schema.Struct({ admin_user: Schema.NonEmptyString, admin_password: Schema.NonEmptyString })

/** A platform that runs in a data folder. */
export interface LocalPlatform {
  readonly folder: string
  readonly server: string
  readonly user: string
  readonly password: Redacted.Redacted
}

/** Number and start of the folder's owner, as earlier versions note it beside their lock; empty where nobody does. */
const ownerOf = (folder: string): string => {
  try {
    return readFileSync(join(folder, "galaxy.lock"), "utf8")
  } catch {
    return ""
  }
}

/** The folder that is meant: `GALAXY_DATA_DIR`, else `.galaxy`. */
export const dataFolderOf = ({ env, cwd }: HostShape): string => resolve(cwd, env["GALAXY_DATA_DIR"] || ".galaxy")

const decoded = <S extends Schema.Codec<unknown, unknown>>(schema: S, path: string, text: string) =>
  Effect.mapError(
    Schema.decodeUnknownEffect(Schema.fromJsonString(schema))(text),
    () => new LocalFailure({ message: `${path} is damaged.`, hint: "Stop the platform and start it again: npm start" })
  )

/**
 * The platform of the folder; none where there is no such folder. Fails where one was there and doesn't run: the answer
 * to "which server" would be another one than the operator thinks.
 */
export const localPlatform = Effect.fnUntraced(function* (host: HostShape) {
  const folder = dataFolderOf(host)
  const keysFile = join(folder, "keys.json")
  // The superuser may have been told whose platform is meant; a folder that just lies here may be anybody's.
  const named = Boolean(host.env["GALAXY_DATA_DIR"])
  const keysText = yield* readPrivate(keysFile, named)
  if (keysText === undefined) return Option.none<LocalPlatform>()
  const runningFile = join(folder, "running.json")
  const runningText = yield* readPrivate(runningFile, named)
  const stopped = new LocalFailure({
    message: `The platform in ${folder} isn't running.`,
    hint: "Start it: npm start. For another server: --server URL or galaxy-admin login"
  })
  if (runningText === undefined) return yield* stopped
  const running = yield* decoded(Running, runningFile, runningText)
  // Another program may listen there by now, and mustn't get the password.
  if (!isAlive(running.process ?? ownerOf(folder))) return yield* stopped
  const keys = yield* decoded(Keys, keysFile, keysText)
  return Option.some<LocalPlatform>({
    folder,
    server: running.backend_url,
    user: keys.admin_user,
    password: Redacted.make(keys.admin_password)
  })
})
