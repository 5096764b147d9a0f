/** Places where a backend may be stopped between two steps of its work, and go on much later. */
import { EngineHost } from "@galaxy/core/engine/EngineHost"
import * as StateVault from "@galaxy/core/runtime/vault/StateVault"
import { Context, Deferred, Effect } from "effect"
import { HttpClient } from "effect/http"
import type { Dice } from "./random.ts"

/** The gates of one backend. */
export interface Gates {
  /** Passes, now or when the gate is opened. */
  readonly pass: Effect.Effect<void>
  /** The same in a transaction, where others may wait for it. */
  readonly inTransaction: Effect.Effect<void>
  /** Transactions that wait. */
  readonly transactions: () => number
  /** How many of 100 are stopped from now on. */
  stop(percent: number): void
  /** Lets one go on that waits; the dice say which. */
  openOne(): void
  /** No transaction waits until it is said that some may. */
  mayHold(may: boolean): void
  openAll(): void
}

type Waiting = Deferred.Deferred<void>

/** Transactions of one backend that may wait at once: others need connections, too. */
const mostTransactions = 2

/** `holds`: whether transactions may wait at all. */
export const make = (dice: Dice, holds: boolean): Gates => {
  const waiting: Array<Waiting> = []
  const inTransactions = new Set<Waiting>()
  let percent = 0
  let mayHold = holds
  const forget = (gate: Waiting) => {
    inTransactions.delete(gate)
    const at = waiting.indexOf(gate)
    if (at >= 0) waiting.splice(at, 1)
  }
  const wait = (inTransaction: boolean) => {
    const gate = Deferred.makeUnsafe<void>()
    waiting.push(gate)
    if (inTransaction) inTransactions.add(gate)
    return Effect.ensuring(
      Deferred.await(gate),
      Effect.sync(() => forget(gate))
    )
  }
  const open = (gate: Waiting) => {
    forget(gate)
    Deferred.doneUnsafe(gate, Effect.void)
  }
  return {
    pass: Effect.suspend(() => (dice.percent(percent) ? wait(false) : Effect.void)),
    inTransaction: Effect.suspend(() =>
      // Stopped more often than others: whoever is to meet it must come meanwhile.
      mayHold && inTransactions.size < mostTransactions && dice.percent(3 * percent) ? wait(true) : Effect.void
    ),
    transactions: () => inTransactions.size,
    stop: (next) => {
      percent = next
    },
    openOne: () => {
      const gate = waiting[dice.below(waiting.length)]
      if (gate !== undefined) open(gate)
    },
    mayHold: (may) => {
      mayHold = may && holds
      if (!may) for (const gate of inTransactions) open(gate)
    },
    openAll: () => {
      for (let gate = waiting[0]; gate !== undefined; gate = waiting[0]) open(gate)
    }
  }
}

/** The same services with gates before and after whatever leaves the process. */
export const gated =
  (gates: Gates) => (context: Context.Context<EngineHost | HttpClient.HttpClient | StateVault.StateVault>) => {
    const host = Context.get(context, EngineHost)
    const client = Context.get(context, HttpClient.HttpClient)
    const vault = Context.get(context, StateVault.StateVault)
    const around = <A, E, R>(call: Effect.Effect<A, E, R>) =>
      Effect.andThen(gates.pass, call).pipe(Effect.tap(() => gates.pass))
    return Context.make(
      EngineHost,
      EngineHost.of({
        ...host,
        start: (spec) => around(host.start(spec)),
        stop: (gameId, hostId, upTo) => around(host.stop(gameId, hostId, upTo)),
        inspect: (run) => around(host.inspect(run))
      })
    ).pipe(
      Context.add(
        HttpClient.HttpClient,
        HttpClient.transformResponse(client, (response) => around(response))
      ),
      Context.add(
        StateVault.StateVault,
        StateVault.StateVault.of({
          ...vault,
          keepDecision: (owner, file) => Effect.tap(vault.keepDecision(owner, file), () => gates.inTransaction),
          keepTurns: (turns) => Effect.tap(vault.keepTurns(turns), () => gates.inTransaction)
        })
      )
    )
  }
