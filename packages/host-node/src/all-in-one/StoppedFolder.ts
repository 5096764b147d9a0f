/**
 * The data folder of a platform that is stopped, opened for the operators' command line: its database under the folder's
 * lock, which a running platform holds.
 */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Layer, Redacted } from "effect"
import * as PgDatabaseSignal from "../sql/PgDatabaseSignal.ts"
import * as Pglite from "../sql/Pglite.ts"
import * as DataFolder from "./DataFolder.ts"

/**
 * Opens the folder for as long as the scope lives. Fails with `DataFolderUnusable` where there is no platform in it, or
 * where it is in use. The database opens with its layer.
 */
export const open = Effect.fnUntraced(function* (path: string) {
  const at = resolve(path)
  // Opening makes what is missing, and a typing error must not make a platform.
  if (!existsSync(join(at, "keys.json")) || !existsSync(join(at, "database"))) {
    return yield* new DataFolder.DataFolderUnusable({ message: `there is no platform in ${at}` })
  }
  const folder = yield* DataFolder.open(at)
  return {
    place: folder.path,
    secret: Redacted.make(new Uint8Array(Buffer.from(folder.keys.backend_secret, "base64"))),
    ledger: join(folder.path, "erased-accounts"),
    database: PgDatabaseSignal.layer.pipe(Layer.provideMerge(Pglite.layer({ dataDir: folder.database })))
  }
})
