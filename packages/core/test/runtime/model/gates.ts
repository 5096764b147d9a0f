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
  /** Passes, now or after a few milliseconds: in a transaction, where others may wait. */
  readonly inTransaction: Effect.Effect<void>
  /** How many of 100 are stopped from now on. */
  stop(percent: number): void
  /** Lets one go on that waits; the dice say which. */
  openOne(): void
  openAll(): void
}

/** Longest stop in a transaction. */
const shortMs = 40

export const make = (dice: Dice, pausesInTransactions: boolean): Gates => {
  const waiting: Array<Deferred.Deferred<void>> = []
  let percent = 0
  return {
    pass: Effect.suspend(() => {
      if (!dice.percent(percent)) return Effect.void
      const gate = Deferred.makeUnsafe<void>()
      waiting.push(gate)
      return Deferred.await(gate)
    }),
    inTransaction: Effect.suspend(() =>
      pausesInTransactions && dice.percent(percent)
        ? Effect.promise(() => new Promise((done) => setTimeout(done, dice.below(shortMs))))
        : Effect.void
    ),
    stop: (next) => {
      percent = next
    },
    openOne: () => {
      const [gate] = waiting.splice(dice.below(waiting.length), 1)
      if (gate !== undefined) Deferred.doneUnsafe(gate, Effect.void)
    },
    openAll: () => {
      for (const gate of waiting.splice(0)) Deferred.doneUnsafe(gate, Effect.void)
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
