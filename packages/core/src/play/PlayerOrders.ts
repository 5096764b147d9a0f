/**
 * A player in a running game: orders, and reports of what came of them.
 *
 * The backend establishes who the player is and for which turn they write, and passes everything else through. A
 * write for a turn that isn't open is refused here, since an engine may be a turn ahead of the game's newest
 * committed one. Of a write that the engine accepts, the backend notes when it came and what the engine counted.
 *
 * The engine is told the turn that was open when the write was admitted. It works on one request at a time and refuses
 * a write for any other turn, so an accepted write is part of its turn, however close to the cutoff it came. Reads reach up to the game's newest committed turn: an engine has the next one a moment before it is
 * committed, and until then it hasn't happened.
 */
import { OrderCounts } from "@galaxy/contract/engine/Order"
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, identity, Layer, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { EngineClient, type EngineBody, keptIn } from "../engine/EngineClient.ts"
import { type EngineAccess, EngineHost, type EngineRun, isSilent, silentTimeout } from "../engine/EngineHost.ts"
import { EngineTokens } from "../engine/EngineTokens.ts"
import { EngineRefused, EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"
import { TurnNotMade, TurnNotOpen, type TurnWindowClosed } from "../runtime/RuntimeError.ts"
import { Runtimes } from "../runtime/Runtimes.ts"
import * as StateMoves from "../runtime/vault/StateMoves.ts"
import type { StateVault } from "../runtime/vault/StateVault.ts"
import { StorageError } from "../shared/StorageError.ts"
import { type AccessError, PlayerAccess } from "./PlayerAccess.ts"
import * as EngineWakes from "./EngineWakes.ts"
import { type PlayerRow, PlayStore } from "./PlayStore.ts"
import { ReadyFlags } from "./ReadyFlags.ts"
import { SeatWrites } from "./SeatWrites.ts"

type ReadError = AccessError | TurnNotMade | EngineRefused | EngineUnreachable
type WriteError = ReadError | TurnWindowClosed | TurnNotOpen

/** Orders for a turn; for the open one when `turn` is absent. The engine checks each order. */
export interface Orders {
  readonly turn?: number | undefined
  readonly orders: ReadonlyArray<EngineBody>
  /** Of a list that replaces: the revision that the player knows. Absent or 0, whatever stands is replaced. */
  readonly ifRevision?: number | undefined
}

/**
 * In-game calls of players (`user.games.*`). A game that the user may not see is `GameNotFound`, one that they don't
 * play in `NotGameMember`. Without an engine within `callTimeout` they fail with `EngineUnreachable`, and sooner where its
 * host is known to be silent; an engine that has gone is brought up meanwhile.
 */
export class PlayerOrders extends Context.Service<
  PlayerOrders,
  {
    /**
     * Appends to the player's orders, all or none. Fails with `TurnWindowClosed` while the turn is being made, and with
     * `TurnNotOpen` for any turn but the open one.
     */
    command(gameId: GameId, userId: UserId, batch: Orders): Effect.Effect<EngineBody, WriteError>
    /**
     * Replaces the player's orders; the answer has a verdict for each. Fails with `TurnWindowClosed` while the turn is
     * being made, and with `TurnNotOpen` for any turn but the open one. The engine refuses it as `orders_changed` where
     * another revision than `ifRevision` stands.
     */
    order(gameId: GameId, userId: UserId, orders: Orders): Effect.Effect<EngineBody, WriteError>
    /** The player's orders of a turn; of the newest one when absent. A later turn is `TurnNotMade`. */
    orders(gameId: GameId, userId: UserId, turn: number | undefined): Effect.Effect<EngineBody, ReadError>
    /** The player's report of a turn, also of a finished game. A turn beyond the newest is `TurnNotMade`. */
    report(gameId: GameId, userId: UserId, turn: number): Effect.Effect<EngineBody, ReadError>
  }
>()("@galaxy/core/play/PlayerOrders") {}

const decodeCounts = Schema.decodeUnknownOption(OrderCounts)

/** A conflict that an engine doesn't explain is the cutoff: the rest has been checked before it was asked. */
const explained = (error: EngineRefused | EngineUnreachable) =>
  error._tag === "EngineRefused" && error.code === "conflict" && error.condition === undefined
    ? new EngineRefused({ code: error.code, reason: error.reason, condition: "turn_closed" })
    : error

/** There is perhaps no engine any more: it was cut off, or is silent. */
const isGone = (error: EngineUnreachable) => error.lost === true || error.overdue === true

/** Most times that one call wakes an engine, which may fall asleep again if many are needed at once. */
const mostWakes = 5

/** Most attempts of one read whose engine is gone before it has answered. */
const mostReads = 4

/** `PlayerOrders` between the players and the engines. */
export const layer: Layer.Layer<
  PlayerOrders,
  never,
  | PlayerAccess
  | PlayStore
  | ReadyFlags
  | SeatWrites
  | Runtimes
  | EngineHost
  | EngineTokens
  | EngineClient
  | EngineSettings
  | StateVault
  | SqlClient.SqlClient
> = Layer.effect(
  PlayerOrders,
  Effect.gen(function* () {
    const access = yield* PlayerAccess
    const store = yield* PlayStore
    const flags = yield* ReadyFlags
    const seats = yield* SeatWrites
    const runtimes = yield* Runtimes
    const host = yield* EngineHost
    const tokens = yield* EngineTokens
    const client = yield* EngineClient
    const config = yield* EngineSettings

    const wake = yield* EngineWakes.make

    const moves = yield* StateMoves.make
    const sql = yield* SqlClient.SqlClient

    const overtaken = new EngineUnreachable({ reason: "the engine was replaced while it took the orders" })
    const replaced = new EngineUnreachable({ reason: "the engine was replaced while it was read", stranger: true })
    const notUp = new EngineUnreachable({ reason: "the engine is not up yet" })

    /** The run that the row names; undefined where it names none that is known to be up. */
    const named = Effect.fnUntraced(function* (
      gameId: GameId,
      { engine_host, engine_epoch, engine_endpoint }: PlayerRow
    ) {
      if (engine_host === null || engine_epoch === null || engine_endpoint === null) return undefined
      const token = yield* tokens.token(gameId, engine_epoch)
      return { gameId, hostId: engine_host, epoch: engine_epoch, endpoint: new URL(engine_endpoint), token }
    })

    /** Fails where neither the engine's host nor the engine itself answers: nothing is sent that would be waited for. */
    const reached = Effect.fnUntraced(function* (engine: EngineRun & EngineAccess) {
      if (!(yield* isSilent(host, engine.hostId))) return engine
      const answers = yield* Effect.timeoutOption(Effect.isSuccess(client.probe(engine)), silentTimeout)
      if (Option.getOrElse(answers, () => false)) return engine
      return yield* new EngineUnreachable({
        reason: `the engine's host ${engine.hostId} doesn't answer`,
        lost: true,
        unsent: true
      })
    })

    /**
     * Calls the game's engine, kept awake meanwhile: the run that the row names, or the one that the game's owner brings
     * up. One that turns out not to be there is asked for at the owner once, if it can't have done anything.
     */
    const withEngine = <A, E>(
      gameId: GameId,
      row: PlayerRow,
      call: (engine: EngineRun & EngineAccess) => Effect.Effect<A, E | EngineRefused | EngineUnreachable>,
      again: (error: EngineUnreachable) => boolean
    ) => {
      const woken = (known: (EngineRun & EngineAccess) | undefined) =>
        Effect.gen(function* () {
          let engine = known
          for (let wakes = 0; wakes <= mostWakes; wakes++) {
            if (engine !== undefined && (yield* host.hold(engine))) return engine
            engine = yield* runtimes.engine(gameId)
          }
          return yield* notUp
        }).pipe(Effect.timeoutOrElse({ duration: config.callTimeout, orElse: () => Effect.fail(notUp) }))
      const asked = (known: (EngineRun & EngineAccess) | undefined) =>
        Effect.scoped(Effect.flatMap(Effect.flatMap(woken(known), reached), call))
      return Effect.flatMap(named(gameId, row), asked).pipe(
        Effect.catchIf(
          (error): error is EngineUnreachable => error instanceof EngineUnreachable && again(error),
          () => asked(undefined)
        )
      )
    }

    const write = (kind: "command" | "order") =>
      Effect.fnUntraced(function* (gameId: GameId, userId: UserId, { turn, orders, ifRevision }: Orders) {
        const { race, row, turn: open } = yield* access.writer(gameId, userId)
        if (turn !== undefined && turn !== open) return yield* new TurnNotOpen({ turn, open })
        const body = { actor: race, turn: open }
        let taken = Option.none<string>()
        const { answer, keep } = yield* withEngine(
          gameId,
          row,
          Effect.fnUntraced(function* (engine: EngineRun & EngineAccess) {
            // Before the engine is asked: a player whose orders it takes is never left as done with them.
            if (row.ready && Option.isNone(taken)) taken = yield* store.takeReadyBack(gameId, userId)
            const answer = yield* Effect.mapError(
              kind === "command"
                ? client.command(engine, { ...body, commands: orders })
                : client.order(engine, {
                    ...body,
                    orders,
                    ...(ifRevision === undefined || ifRevision === 0 ? {} : { if_revision: ifRevision })
                  }),
              explained
            )
            const keep = yield* moves.keeping(
              { game_id: gameId, current_turn: open },
              engine,
              moves.vault.keeps ? yield* keptIn(answer) : Option.none()
            )
            return { answer, keep }
          }),
          // Whatever else went wrong, it may have taken the orders.
          (error) => error.stranger === true || error.unsent === true
        ).pipe(
          // They aren't told that it took them, but their next try finds an engine.
          Effect.tapErrorTag("EngineUnreachable", (error) => (isGone(error) ? wake(gameId) : Effect.void)),
          Effect.tapErrorTag("EngineRefused", () =>
            Option.isSome(taken) ? Effect.ignore(flags.giveBack(gameId, userId, open, taken.value)) : Effect.void
          )
        )
        // The state file that the engine has written is the platform's concern: once it is kept, the player is told.
        const { kept: _, ...forPlayer } = answer
        const counts = Option.getOrUndefined(decodeCounts(answer["counts"]))
        yield* Effect.andThen(store.ordersGiven(gameId, userId, open, counts), keep).pipe(
          moves.vault.keeps ? (both) => StorageError.refail(sql.withTransaction(both)) : identity,
          Effect.catchTag("StateOvertaken", () => Effect.fail(overtaken))
        )
        return forPlayer
      })

    const command = write("command")
    const order = write("order")

    const read = (what: "orders" | "report") =>
      Effect.fnUntraced(function* (gameId: GameId, userId: UserId, turn: number | undefined) {
        const { race, row, turn: current } = yield* access.reader(gameId, userId)
        if (turn !== undefined && turn > current) return yield* new TurnNotMade({ turn, current })
        const ask = Effect.fnUntraced(function* (engine: EngineRun & EngineAccess) {
          const answer = yield* client[what](engine, { race, turn: turn ?? current })
          if (what === "report" || !Object.hasOwn(answer, "kept")) return answer
          const { kept, ...forPlayer } = answer
          // Nobody is shown an order that an engine's end would take back.
          yield* moves
            .keepTold({ game_id: gameId, current_turn: current }, engine, yield* keptIn({ kept }))
            .pipe(Effect.catchTag("StateOvertaken", () => Effect.fail(replaced)))
          return forPlayer
        })
        // An engine may end while it is read, for example with its game. Another one answers the same.
        const again = (error: EngineUnreachable) => error.lost === true || error.stranger === true
        return yield* Effect.retry(withEngine(gameId, row, ask, again), {
          times: mostReads - 1,
          while: (error) => error._tag === "EngineUnreachable" && again(error)
        })
      })

    return PlayerOrders.of({
      command: Effect.fn("PlayerOrders.command")((gameId, userId, batch) =>
        seats.inTurn(gameId, userId, command(gameId, userId, batch))
      ),
      order: Effect.fn("PlayerOrders.order")((gameId, userId, orders) =>
        seats.inTurn(gameId, userId, order(gameId, userId, orders))
      ),
      orders: Effect.fn("PlayerOrders.orders")(read("orders")),
      report: Effect.fn("PlayerOrders.report")(read("report"))
    })
  })
)
