/**
 * Port: ids of erased accounts, kept outside of the database.
 *
 * A database that is restored from a backup brings erased data back. The ledger tells which, so that it is erased again.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Effect, Schema } from "effect"

/** The ledger can't be read or written. Nothing is erased then. */
export class ErasureLedgerUnavailable extends Schema.TaggedError<ErasureLedgerUnavailable>()(
  "ErasureLedgerUnavailable",
  { cause: Schema.Defect() }
) {}

/** An id is in the ledger before its data is gone, and stays for good. */
export interface ErasureLedger {
  /** Returns once the id would survive a crash. Adding an id again changes nothing that counts. */
  add(userId: UserId): Effect.Effect<void, ErasureLedgerUnavailable>
  /** Every id that was ever added. */
  readonly all: Effect.Effect<ReadonlyArray<UserId>, ErasureLedgerUnavailable>
}

/** For hosts that keep none: what a backup brings back is erased by its age alone. */
export const none: ErasureLedger = { add: () => Effect.void, all: Effect.succeed([]) }
