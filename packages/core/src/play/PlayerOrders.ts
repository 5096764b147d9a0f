/**
 * A player in a running game: orders, and reports of what came of them.
 *
 * The backend establishes who the player is and for which turn they write, and passes everything else through. A
 * write for a turn that isn't open is refused here, since an engine may be a turn ahead of the game's newest
 * committed one. The engine is told the turn that was open when the write was admitted. It works on one request at a
 * time and refuses a write for any other turn, so an accepted write is part of its turn, however close to the cutoff
 * it came. Reads reach up to the game's newest committed turn: an engine has the next one a moment before it is
 * committed, and until then it hasn't happened.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, Effect, Layer, Option } from "effect"
import type { GameNotFound } from "../lobby/game/GameError.ts"
import { NotGameMember } from "../lobby/membership/MembershipError.ts"
import { Memberships } from "../lobby/membership/Memberships.ts"
import type { StorageError } from "../shared/StorageError.ts"
import { EngineClient, type EngineBody } from "../engine/EngineClient.ts"
import { EngineHost } from "../engine/EngineHost.ts"
import { type EngineRefused, EngineUnreachable } from "../engine/EngineError.ts"
import { EngineSettings } from "../engine/EngineSettings.ts"
import { GameNotRunning, RuntimeNotFound, TurnNotMade, TurnNotOpen, TurnWindowClosed } from "../runtime/RuntimeError.ts"
import type { RuntimeRow, RuntimeStatus } from "../runtime/RuntimeRow.ts"
import { RuntimeStore } from "../runtime/RuntimeStore.ts"
import { Runtimes } from "../runtime/Runtimes.ts"

type AccessError = GameNotFound | NotGameMember | RuntimeNotFound | GameNotRunning | StorageError
type ReadError = AccessError | TurnNotMade | EngineRefused | EngineUnreachable
type WriteError = ReadError | TurnWindowClosed | TurnNotOpen

/** Orders for a turn; for the open one when `turn` is absent. The engine checks each order. */
export interface Orders {
  readonly turn?: number | undefined
  readonly orders: ReadonlyArray<EngineBody>
}

/**
 * In-game calls of players (`user.games.*`). A game that the user may not see is `GameNotFound`, one that they don't
 * play in `NotGameMember`. Without an engine within `callTimeout` they fail with `EngineUnreachable`.
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
     * being made, and with `TurnNotOpen` for any turn but the open one.
     */
    order(gameId: GameId, userId: UserId, orders: Orders): Effect.Effect<EngineBody, WriteError>
    /** The player's orders of a turn; of the newest one when absent. A later turn is `TurnNotMade`. */
    orders(gameId: GameId, userId: UserId, turn: number | undefined): Effect.Effect<EngineBody, ReadError>
    /** The player's report of a turn, also of a finished game. A turn beyond the newest is `TurnNotMade`. */
    report(gameId: GameId, userId: UserId, turn: number): Effect.Effect<EngineBody, ReadError>
  }
>()("@galaxy/core/play/PlayerOrders") {}

const readable: ReadonlySet<RuntimeStatus> = new Set([
  "running",
  "generation_in_progress",
  "generation_failed",
  "paused",
  "finished"
])
/** The turn's window has closed, and the next one opens once it is made. */
const closed: ReadonlySet<RuntimeStatus> = new Set(["generation_in_progress", "generation_failed"])

/** `PlayerOrders` between the lobby, the runtime and the engines. */
export const layer: Layer.Layer<
  PlayerOrders,
  never,
  Memberships | RuntimeStore | Runtimes | EngineHost | EngineClient | EngineSettings
> = Layer.effect(
  PlayerOrders,
  Effect.gen(function* () {
    const memberships = yield* Memberships
    const store = yield* RuntimeStore
    const runtimes = yield* Runtimes
    const host = yield* EngineHost
    const client = yield* EngineClient
    const config = yield* EngineSettings

    /** The caller's race, as fixed at the game's start, and the game's row. */
    const seated = Effect.fnUntraced(function* (gameId: GameId, userId: UserId) {
      const member = yield* memberships.activeMember(gameId, userId)
      const row = yield* store.find(gameId)
      if (Option.isNone(row)) return yield* new RuntimeNotFound()
      if (!readable.has(row.value.status)) return yield* new GameNotRunning({ status: row.value.status })
      const seat = yield* store.seat(gameId, userId)
      if (Option.isNone(seat)) return yield* new NotGameMember()
      return { gameStatus: member.gameStatus, row: row.value, race: seat.value.raceName }
    })

    const writer = Effect.fnUntraced(function* (gameId: GameId, userId: UserId) {
      const { gameStatus, row, race } = yield* seated(gameId, userId)
      if (gameStatus !== "running") return yield* new GameNotRunning({ status: gameStatus })
      if (closed.has(row.status)) return yield* new TurnWindowClosed()
      if (row.status !== "running") return yield* new GameNotRunning({ status: row.status })
      return { actor: race, turn: row.current_turn }
    })

    const made = ({ current_turn: current }: RuntimeRow, turn: number) =>
      turn > current ? Effect.fail(new TurnNotMade({ turn, current })) : Effect.succeed(turn)

    const engineOf = Effect.fnUntraced(function* (gameId: GameId) {
      const found = yield* host.inspect(gameId)
      if (Option.isSome(found)) return found.value
      return yield* Effect.timeoutOrElse(runtimes.engine(gameId), {
        duration: config.callTimeout,
        orElse: () => Effect.fail(new EngineUnreachable({ reason: "the engine is not up yet" }))
      })
    })

    const write = (kind: "command" | "order") =>
      Effect.fnUntraced(function* (gameId: GameId, userId: UserId, { turn, orders }: Orders) {
        const { actor, turn: open } = yield* writer(gameId, userId)
        if (turn !== undefined && turn !== open) return yield* new TurnNotOpen({ turn, open })
        const engine = yield* engineOf(gameId)
        const body = { actor, turn: open }
        return yield* kind === "command"
          ? client.command(engine, { ...body, commands: orders })
          : client.order(engine, { ...body, orders })
      })

    return PlayerOrders.of({
      command: Effect.fn("PlayerOrders.command")(write("command")),
      order: Effect.fn("PlayerOrders.order")(write("order")),
      orders: Effect.fn("PlayerOrders.orders")(function* (gameId, userId, turn) {
        const { race, row } = yield* seated(gameId, userId)
        const read = yield* made(row, turn ?? row.current_turn)
        return yield* client.orders(yield* engineOf(gameId), { race, turn: read })
      }),
      report: Effect.fn("PlayerOrders.report")(function* (gameId, userId, turn) {
        const { race, row } = yield* seated(gameId, userId)
        const read = yield* made(row, turn)
        return yield* client.report(yield* engineOf(gameId), { race, turn: read })
      })
    })
  })
)
