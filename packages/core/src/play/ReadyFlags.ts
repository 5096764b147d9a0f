/**
 * "My orders are done": a player's flag for the open turn.
 *
 * Orders that change take it back, and it is taken back before the engine gets them: whatever ends in between, a player
 * with orders that came after the flag isn't done. Players who were eliminated and seats that the engine plays don't count. In a game
 * with early turns, the turn is made as soon as all who count are done; it stands for the next scheduled one.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { EarlyTurns, type ReadyTally } from "../lobby/game/EarlyTurns.ts"
import { GameNotRunning, TurnNotOpen, type TurnWindowClosed } from "../runtime/RuntimeError.ts"
import type { EngineUnreachable } from "../engine/EngineError.ts"
import { StorageError } from "../shared/StorageError.ts"
import { type AccessError, PlayerAccess } from "./PlayerAccess.ts"
import { PlayStore } from "./PlayStore.ts"
import { SeatWrites } from "./SeatWrites.ts"

/** Sets players' flags. */
export class ReadyFlags extends Context.Service<
  ReadyFlags,
  {
    /**
     * Sets or takes back the player's flag for the turn, and returns how many players are done with it. Fails with
     * `TurnNotOpen` for another turn than the open one, with `TurnWindowClosed` while it is being made, and with
     * `GameNotRunning` for a game that isn't running or a player whose race is gone or played by the engine. It waits for
     * orders of the player that are on their way; if they take too long it fails with `EngineUnreachable`.
     */
    set(
      gameId: GameId,
      userId: UserId,
      turn: number,
      ready: boolean
    ): Effect.Effect<ReadyTally, AccessError | TurnWindowClosed | TurnNotOpen | EngineUnreachable>
    /**
     * Gives back the flag of an active player whose orders were refused after all, unless something was written of the
     * player since it was taken: `mark` is from then.
     */
    giveBack(gameId: GameId, userId: UserId, turn: number, mark: string): Effect.Effect<void, StorageError>
  }
>()("@galaxy/core/play/ReadyFlags") {}

/** `ReadyFlags` over the database. Calls for one game are serialised by the lock of the game's row. */
export const layer: Layer.Layer<
  ReadyFlags,
  never,
  SqlClient.SqlClient | PlayStore | PlayerAccess | EarlyTurns | SeatWrites
> = Layer.effect(
  ReadyFlags,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const store = yield* PlayStore
    const access = yield* PlayerAccess
    const early = yield* EarlyTurns
    const seats = yield* SeatWrites

    const set = Effect.fn("ReadyFlags.set")(function* (gameId: GameId, userId: UserId, turn: number, ready: boolean) {
      // Of two players who become ready at once, the second one counts the first: both hold the same lock.
      const { row, turn: open } = yield* access.lockedWriter(gameId, userId)
      if (turn !== open) return yield* new TurnNotOpen({ turn, open })
      if (row.eliminated) return yield* new GameNotRunning({ status: "over for this race" })
      if (row.computer) return yield* new GameNotRunning({ status: "played by the computer for this race" })
      yield* store.setReady(gameId, userId, turn, ready)
      // Its turn is open, so it has a runtime.
      return Option.getOrThrow(yield* early.check(gameId))
    })

    const giveBack = Effect.fn("ReadyFlags.giveBack")(function* (
      gameId: GameId,
      userId: UserId,
      turn: number,
      mark: string
    ) {
      yield* store.lockPlayer(gameId, userId)
      if (!(yield* store.giveReadyBack(gameId, userId, turn, mark))) return
      // Others may have become ready meanwhile, and counted without this player.
      yield* early.check(gameId)
    })

    return ReadyFlags.of({
      set: (gameId, userId, turn, ready) =>
        seats.inTurn(gameId, userId, StorageError.refail(sql.withTransaction(set(gameId, userId, turn, ready)))),
      giveBack: (gameId, userId, turn, mark) =>
        StorageError.refail(sql.withTransaction(giveBack(gameId, userId, turn, mark)))
    })
  })
)
