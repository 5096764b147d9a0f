/**
 * One transaction over the tables of the program and of the core, on one connection.
 *
 * Calls inside it run one after the other, also where the program doesn't wait for one before the next: two at once on
 * one connection could undo each other's savepoints. It commits once all of them are over.
 */
import { Cause, type Context, Data, Effect, Exit } from "effect"
import { SqlClient } from "effect/sql"
import { GalaxyClosed } from "../errors.ts"
import type { Kinds } from "../kinds.ts"
import { type Transaction, TransactionOver } from "../transaction.ts"
import { lobbyOf } from "./lobby.ts"
import { intentOf, submit } from "./notify.ts"
import type { Services } from "./services.ts"
import { sqlOf } from "./statements.ts"

type Run = <A, E>(effect: Effect.Effect<A, E, Services>) => Promise<A>

/** What the program's function threw, which is told apart from failures of the transaction. */
class Thrown extends Data.TaggedError("Thrown")<{ readonly cause: unknown }> {}

const thrownBy = (cause: Cause.Cause<unknown>): unknown => {
  const error = Cause.squash(cause)
  return error instanceof Thrown ? error.cause : error
}

/** The value of what has run, or its own error; `GalaxyClosed` where the end of the Galaxy has cut it off. */
const settled = <A>(exit: Exit.Exit<A, unknown>, cut: AbortSignal | undefined): A => {
  if (Exit.isSuccess(exit)) return exit.value
  if (cut?.aborted === true && Cause.hasInterruptsOnly(exit.cause)) throw new GalaxyClosed()
  throw thrownBy(exit.cause)
}

/** Runs effects in a context; rejects with the effect's own error. `cut` interrupts them. */
export const runIn =
  (context: Context.Context<Services>, cut?: AbortSignal): Run =>
  async (effect) => {
    const given = cut === undefined ? undefined : { signal: cut }
    return settled(await Effect.runPromiseExitWith(context)(effect, given), cut)
  }

const checkedIntent = (...given: Parameters<typeof intentOf>) =>
  Effect.tryPromise({ try: () => intentOf(...given), catch: (cause) => new Thrown({ cause }) })

/** The calls of one transaction, in turn until `end`. */
const inTurn = (run: Run) => {
  let last: Promise<unknown> = Promise.resolve()
  let over = false
  let stopped = false
  const call: Run = (effect) => {
    if (over) return Promise.reject(new TransactionOver())
    const mine = last.then(() => (stopped ? Promise.reject(new TransactionOver()) : run(effect)))
    last = mine.catch(() => undefined)
    return mine
  }
  const end = async () => {
    let seen: Promise<unknown> | undefined
    // A call that ended may have led to others, which belong to the transaction as well.
    while (seen !== last) {
      seen = last
      await seen
    }
    over = true
  }
  /** Refuses calls that wait for their turn, too. */
  const stop = () => {
    over = true
    stopped = true
  }
  return { call, end, stop }
}

/** Runs the body; a throw rolls everything back and is rethrown, and so does `cut` with `GalaxyClosed`. */
export const transaction = async <K extends Kinds, A>(
  context: Context.Context<Services>,
  kinds: K,
  body: (tx: Transaction<K>) => Promise<A>,
  cut: AbortSignal
): Promise<A> => {
  const inside = Effect.gen(function* () {
    const { call, end, stop } = inTurn(runIn(yield* Effect.context<Services>()))
    const tx: Transaction<K> = {
      sql: sqlOf(call),
      lobby: lobbyOf(call),
      // Its turn is taken at once, and the payload is checked within it.
      notify: (name, given) => call(Effect.flatMap(checkedIntent(kinds, name, given), submit))
    }
    return yield* Effect.tryPromise({
      try: async () => {
        try {
          return await body(tx)
        } finally {
          await end()
        }
      },
      catch: (cause) => new Thrown({ cause })
    }).pipe(Effect.onInterrupt(() => Effect.sync(stop)))
  })
  return runIn(context, cut)(Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(inside)))
}
