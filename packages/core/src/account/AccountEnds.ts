/**
 * Ends accounts: every module's step, the notices and the account's new standing are one transaction.
 *
 * A crash leaves all of it or nothing. Where a step fails, or all of them take too long for somebody who waits, the
 * account is still marked and its sessions are ended, in a transaction of their own, and everything is repeated until it
 * succeeds (`repeat`). A dry run fails instead, since it would answer with a part of what would happen. A minute after
 * it has succeeded it is run once more: what was under way when the account ended may have given it a seat or an invite
 * since. A program that leaves the other modules' steps to another one only marks and ends sessions, and the other one
 * does the rest at once.
 */
import type { UserId } from "@galaxy/contract/ids/Ids"
import { Cause, Context, DateTime, Effect, Exit, Layer, Option } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { failureFields } from "../shared/failureFields.ts"
import { newId } from "../shared/NewId.ts"
import { SideEffects } from "../shared/SideEffects.ts"
import { StorageError } from "../shared/StorageError.ts"
import {
  type AccountEnd,
  type AccountEndActor,
  type AccountEndKind,
  type AccountEndStep,
  AccountEndSteps
} from "./AccountEnd.ts"
import * as AccountEndStore from "./AccountEndStore.ts"
import { AccountNotFound } from "./Accounts.ts"
import * as UserEvents from "../user-event/UserEvents.ts"

/** Ends accounts. Joins the caller's transaction if there is one. */
export class AccountEnds extends Context.Service<
  AccountEnds,
  {
    /** Deletes an account. One that is deleted already stays as it is; one that doesn't exist is `AccountNotFound`. */
    delete(userId: UserId, actor: AccountEndActor): Effect.Effect<void, AccountNotFound | StorageError>
    /**
     * Blocks an account for good: `mark` applies the sanction and says whether it wasn't in force before. If it was,
     * nothing else is done.
     */
    block<E>(
      userId: UserId,
      username: string,
      mark: Effect.Effect<boolean, E>
    ): Effect.Effect<void, E | AccountNotFound | StorageError>
    /** Runs one end that is due again; returns whether there was one. A failure is logged, and postpones it. */
    readonly repeat: Effect.Effect<boolean, StorageError>
  }
>()("@galaxy/core/account/AccountEnds") {}

/** How often a transaction is tried that lost a deadlock or the like. */
const maxTries = 3

/** How long all steps may take, with all tries, while somebody waits. Requests have more time. */
const patience = "3 seconds"

/** When an end that has succeeded is run once more. */
const secondLook = { minutes: 1 }

const firstWaitSeconds = 5
const longestWaitSeconds = 600

/** `AccountEnds` over the steps of all modules. */
export const layer: Layer.Layer<AccountEnds, never, SqlClient.SqlClient | AccountEndSteps> = Layer.effect(
  AccountEnds,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const steps = yield* AccountEndSteps
    const store = yield* AccountEndStore.make

    const others = steps.others === "elsewhere" ? undefined : steps.others

    const runAll = Effect.fnUntraced(function* (end: AccountEnd, first: ReadonlyArray<AccountEndStep>) {
      const notices: Array<Effect.Effect<void, StorageError | SqlError.SqlError>> = []
      for (const step of [...first, steps.sessions]) {
        const notice = yield* step.run(end).pipe(Effect.annotateLogs({ step: step.name }), Effect.withSpan(step.name))
        if (notice !== undefined) notices.push(notice)
      }
      for (const notice of notices) yield* notice
    })

    const locked = Effect.fnUntraced(function* (userId: UserId) {
      const account = yield* store.lock(userId)
      return Option.isNone(account) ? yield* new AccountNotFound() : account.value
    })

    /**
     * Ends an account. `mark` changes its standing and returns false if there is nothing to be done; it is the last
     * step, so that notices still reach the player.
     */
    const run = Effect.fnUntraced(function* <E>(
      request: { readonly userId: UserId; readonly kind: AccountEndKind; readonly actor: AccountEndActor },
      isEnded: (account: AccountEndStore.LockedAccount) => boolean,
      mark: Effect.Effect<unknown, E>
    ) {
      const endId = yield* newId
      const now = yield* DateTime.now
      const notes = yield* SideEffects
      const noted = { effects: notes?.effects.length ?? 0, onlyChecked: notes?.onlyChecked.length ?? 0 }
      const attempt = <E2>(work: (end: AccountEnd) => Effect.Effect<void, E2>) =>
        sql.withTransaction(
          Effect.gen(function* () {
            const account = yield* locked(request.userId)
            if (isEnded(account)) return
            yield* work({ ...request, endId, email: account.email })
          })
        )
      const markOnly = (due: DateTime.Utc) =>
        attempt((end) =>
          Effect.gen(function* () {
            yield* steps.sessions.run(end)
            yield* mark
            yield* store.insert(end, false, due)
          })
        )
      if (others === undefined) {
        yield* markOnly(now).pipe(Effect.retry({ times: maxTries - 1, while: StorageError.isTemporary }))
        return
      }
      const whole = attempt((end) =>
        Effect.gen(function* () {
          // What an earlier try has noted was rolled back.
          notes?.effects.splice(noted.effects)
          notes?.onlyChecked.splice(noted.onlyChecked)
          yield* runAll(end, others)
          yield* mark
          yield* store.insert(end, true, DateTime.add(now, secondLook))
        })
      ).pipe(
        Effect.retry({ times: maxTries - 1, while: StorageError.isTemporary }),
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => Effect.fail(new StorageError({ retryable: true, cause: new Error("the steps take too long") }))
        })
      )
      // Whoever waits may give up meanwhile: the mark is made all the same.
      yield* Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const exit = yield* Effect.exit(restore(whole))
          if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return yield* exit
          const failure = Cause.squash(exit.cause)
          if (failure instanceof AccountNotFound) return yield* failure
          if (notes !== undefined) return yield* exit
          yield* Effect.logError("an account has ended, but a step failed and is repeated").pipe(
            Effect.annotateLogs({ user_id: request.userId, ...failureFields(exit.cause) })
          )
          yield* markOnly(DateTime.add(now, { seconds: firstWaitSeconds }))
        })
      )
    })

    const remove = Effect.fn("AccountEnds.delete")(
      (userId: UserId, actor: AccountEndActor) =>
        run(
          { userId, actor, kind: "userId" in actor ? "soft_delete_user" : "soft_delete_admin" },
          (account) => account.deleted,
          Effect.andThen(
            store.markDeleted(userId),
            Effect.provideService(UserEvents.tell("account.deleted", userId), SqlClient.SqlClient, sql)
          )
        ),
      StorageError.refail
    )

    const block = <E>(userId: UserId, username: string, mark: Effect.Effect<boolean, E>) =>
      run({ userId, actor: { username }, kind: "admin_sanction" }, (account) => account.blocked, mark).pipe(
        Effect.withSpan("AccountEnds.block"),
        StorageError.refail
      )

    /** Runs a due end; one whose reason is gone (a block that was lifted) is over. */
    const again = Effect.fnUntraced(function* (due: AccountEndStore.DueEnd, all: ReadonlyArray<AccountEndStep>) {
      const account = yield* store.lock(due.userId)
      if (Option.isSome(account) && (due.kind === "admin_sanction" ? account.value.blocked : account.value.deleted)) {
        const end = { ...due, email: account.value.email }
        yield* runAll(due.done ? { ...end, again: true } : end, all)
        if (!due.done) return yield* store.finish(due.endId, DateTime.add(yield* DateTime.now, secondLook))
      }
      yield* store.finish(due.endId)
    })

    const repeat = Effect.gen(function* () {
      if (others === undefined) return false
      return yield* sql.withTransaction(
        Effect.gen(function* () {
          const due = yield* store.takeDue()
          if (Option.isNone(due)) return false
          const exit = yield* Effect.exit(sql.withTransaction(again(due.value, others)))
          if (Exit.isSuccess(exit)) return true
          if (Cause.hasInterruptsOnly(exit.cause)) return yield* Effect.interrupt
          const { endId, userId, attempts } = due.value
          yield* Effect.logError("the end of an account failed again and is repeated").pipe(
            Effect.annotateLogs({ user_id: userId, attempts, ...failureFields(exit.cause) })
          )
          const wait = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.min(attempts, 20))
          yield* store.postpone(endId, DateTime.add(yield* DateTime.now, { seconds: wait }))
          return true
        })
      )
    }).pipe(StorageError.refail, Effect.withSpan("AccountEnds.repeat"))

    return AccountEnds.of({ delete: remove, block, repeat })
  })
)
