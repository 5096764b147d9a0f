/**
 * One backend at work on one database: whoever writes must own it.
 *
 * The adapter keeps the promise, not its callers: if another process can reach the database, its `SqlClient` refuses
 * every statement while the ownership isn't held (docs/decisions/0407).
 */
import { Context, Effect, Layer } from "effect"

/** Reports the ownership to probes. Nothing else has to ask: statements check it themselves. */
export class DatabaseOwnership extends Context.Service<
  DatabaseOwnership,
  {
    /** Whether this process is the one backend at work on its database at present. */
    readonly held: Effect.Effect<boolean>
  }
>()("@galaxy/core/shared/DatabaseOwnership") {}

/** For a database that no other process can open, such as PGlite in a locked folder or in memory. */
export const layerExclusive: Layer.Layer<DatabaseOwnership> = Layer.succeed(DatabaseOwnership, {
  held: Effect.succeed(true)
})
