/**
 * Port: what the end of an account means to each module.
 *
 * A module gives its part as a step, `Core` gathers them, and `AccountEnds` runs all of them in one transaction. The
 * user process has the sessions' step only, and leaves the others to a backend. An
 * account ends when its player or an administrator deletes it, or when it is blocked for good.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Context, type Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { StorageError } from "../shared/StorageError.ts"

/** Why an account ends: the actor kinds of `session_revocations`. */
export type AccountEndKind = "soft_delete_user" | "soft_delete_admin" | "admin_sanction"

/** Who ends it: the player, or an administrator by name. */
export type AccountEndActor = { readonly userId: UserId } | { readonly username: string }

/** One account's end. */
export interface AccountEnd {
  /** Part of the idempotency keys of what is sent because of it. */
  readonly endId: string
  readonly userId: UserId
  /** The account's address, whose unsent mails are dropped, but for `ownNotices`. */
  readonly email: string
  readonly kind: AccountEndKind
  readonly actor: AccountEndActor
  /** Whether it has been run before, when the account ended: what has begun since then is not of its time. */
  readonly again?: true
}

/** How the keys of an end's own notices begin. Their mails are the ones that no end drops. */
export const ownNotices = "account-end:"

type Failure = StorageError | SqlError.SqlError

/**
 * A module's part. It runs with the account's row locked, and must be repeatable: a second run finds nothing left to
 * do. It never waits for anything outside of the database.
 *
 * What it returns is run after all other steps and before the account's standing changes: notices to players, whose
 * numbers must be locked last.
 */
export interface AccountEndStep {
  /** For logs: "lobby". */
  readonly name: string
  readonly run: (end: AccountEnd) => Effect.Effect<Effect.Effect<void, Failure> | void, Failure>
}

/** The steps of all modules, in the order in which they take their locks. */
export class AccountEndSteps extends Context.Service<
  AccountEndSteps,
  {
    /** Ends the sessions. It is done even where another step fails. */
    readonly sessions: AccountEndStep
    /** All others; `elsewhere` where this program leaves them to another one, which repeats ends. */
    readonly others: ReadonlyArray<AccountEndStep> | "elsewhere"
  }
>()("@galaxy/core/account/AccountEndSteps") {}
