/**
 * Writes of one player in one game, one after the other: orders, and the ready flag that belongs to them.
 *
 * A write that has begun goes on to its end, even if its caller is gone: what the engine has taken is noted, and nothing
 * of the same player comes between at this backend. Writes of one player that come by several backends meet in the
 * database instead: orders that an engine has taken end the flag in the statement that notes them, and a flag is given back
 * only if nothing was written since it was taken (docs/decisions/1422).
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Fiber, Layer, RcMap, Semaphore } from "effect"
import { EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"

/** Puts writes of a player into a row. */
export class SeatWrites extends Context.Service<
  SeatWrites,
  {
    /** Runs the write when those before it are over. Fails with `EngineUnreachable` if they take longer than a call may. */
    inTurn<A, E>(gameId: GameId, userId: UserId, write: Effect.Effect<A, E>): Effect.Effect<A, E | EngineUnreachable>
  }
>()("@galaxy/core/play/SeatWrites") {}

/** `SeatWrites` in memory. Players who write nothing at the moment take none of it. */
export const layer: Layer.Layer<SeatWrites, never, EngineSettings> = Layer.effect(
  SeatWrites,
  Effect.gen(function* () {
    const { callTimeout } = yield* EngineSettings
    const scope = yield* Effect.scope
    const rows = yield* RcMap.make({ lookup: (_seat: string) => Semaphore.make(1) })

    const inTurn = <A, E>(gameId: GameId, userId: UserId, write: Effect.Effect<A, E>) =>
      Effect.suspend(() => {
        let begun = false
        const begin = Effect.suspend(() => {
          begun = true
          return write
        })
        const tooLong = Effect.suspend(() =>
          begun ? Effect.never : Effect.fail(new EngineUnreachable({ reason: "earlier writes of the player go on" }))
        )
        return RcMap.get(rows, `${gameId} ${userId}`).pipe(
          Effect.flatMap((row) => Effect.raceFirst(row.withPermits(1)(begin), Effect.delay(tooLong, callTimeout))),
          Effect.scoped,
          Effect.forkIn(scope),
          Effect.flatMap((write) =>
            Effect.onInterrupt(Fiber.join(write), () => (begun ? Effect.void : Fiber.interrupt(write)))
          )
        )
      })

    return SeatWrites.of({ inTurn })
  })
)
