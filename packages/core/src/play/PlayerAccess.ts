/**
 * Who may do what in a game: every in-game call begins here, with one statement where the caller plays.
 *
 * Writes need a running game whose turn is open. Reads also serve a game that is paused, whose turn is being made or
 * has failed, and one that has ended.
 */
import type { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Context, DateTime, type Duration, Effect, Layer, Option } from "effect"
import type { GameNotFound } from "../lobby/game/GameError.ts"
import { NotGameMember } from "../lobby/membership/MembershipError.ts"
import { Memberships } from "../lobby/membership/Memberships.ts"
import { GameNotRunning, RuntimeNotFound, TurnWindowClosed } from "../runtime/RuntimeError.ts"
import type { RuntimeStatus } from "../runtime/RuntimeRow.ts"
import type { StorageError } from "../shared/StorageError.ts"
import { ReportsGone } from "./PlayError.ts"
import { type PlayerRow, PlayStore } from "./PlayStore.ts"

/** Why a call of a player is refused before the engine is asked. */
export type AccessError = ReportsGone | GameNotFound | NotGameMember | RuntimeNotFound | GameNotRunning | StorageError

/** A player who has a seat in a game that was started. */
export interface Seated {
  readonly row: PlayerRow
  readonly race: string
  /** The newest committed turn, which is the open one while the game runs. */
  readonly turn: number
}

/**
 * Establishes who calls. A game that the user may not see is `GameNotFound`, one that they don't play in
 * `NotGameMember`, one that was never started `RuntimeNotFound`.
 */
export class PlayerAccess extends Context.Service<
  PlayerAccess,
  {
    /**
     * A caller who may read. Fails with `GameNotRunning` where there is nothing to read, and with `ReportsGone` where it
     * is too long ago.
     */
    reader(gameId: GameId, userId: UserId): Effect.Effect<Seated, AccessError>
    /** A caller who may write. Fails with `TurnWindowClosed` while the turn is being made. */
    writer(gameId: GameId, userId: UserId): Effect.Effect<Seated, AccessError | TurnWindowClosed>
    /** As `writer`, with the game's row locked to the end of the caller's transaction. */
    lockedWriter(gameId: GameId, userId: UserId): Effect.Effect<Seated, AccessError | TurnWindowClosed>
  }
>()("@galaxy/core/play/PlayerAccess") {}

const readable: ReadonlySet<RuntimeStatus> = new Set([
  "running",
  "generation_in_progress",
  "generation_failed",
  "paused",
  "finished"
])
/** The turn's window has closed, and the next one opens once it is made. */
const closed: ReadonlySet<RuntimeStatus> = new Set(["generation_in_progress", "generation_failed"])

/** Cancelled games keep what was played. */
const hasEnded = ({ game_status, runtime_status, started }: PlayerRow): boolean =>
  game_status === "cancelled" && runtime_status === "stopped" && started

const seated = Effect.fnUntraced(function* (row: PlayerRow) {
  const { current_turn, race_name, runtime_status } = row
  if (runtime_status === null || current_turn === null) return yield* new RuntimeNotFound()
  if (!readable.has(runtime_status) && !hasEnded(row)) return yield* new GameNotRunning({ status: runtime_status })
  if (race_name === null) return yield* new NotGameMember()
  return { row, race: race_name, turn: current_turn, status: runtime_status }
})

const writing = Effect.fnUntraced(function* (row: PlayerRow) {
  const seat = yield* seated(row)
  if (row.game_status !== "running") return yield* new GameNotRunning({ status: row.game_status })
  if (closed.has(seat.status)) return yield* new TurnWindowClosed()
  if (seat.status !== "running") return yield* new GameNotRunning({ status: seat.status })
  return seat
})

/** For how long players read on after a game's end. */
export interface PlayerAccessOptions {
  readonly keepReports: Duration.Input
}

/** `PlayerAccess` over `PlayStore`; what a caller without a seat may know is up to the lobby. */
export const layer = ({
  keepReports
}: PlayerAccessOptions): Layer.Layer<PlayerAccess, never, PlayStore | Memberships> =>
  Layer.effect(
    PlayerAccess,
    Effect.gen(function* () {
      const kept = Effect.fnUntraced(function* (row: PlayerRow) {
        if (row.ended_at === null) return row
        const until = DateTime.addDuration(row.ended_at, keepReports)
        return DateTime.isLessThan(yield* DateTime.now, until) ? row : yield* new ReportsGone()
      })

      const store = yield* PlayStore
      const memberships = yield* Memberships

      const member = Effect.fnUntraced(function* (
        gameId: GameId,
        userId: UserId,
        found: Effect.Effect<Option.Option<PlayerRow>, StorageError>
      ) {
        const row = yield* found
        if (Option.isSome(row)) return row.value
        // Tells apart who may see the game and who may not.
        yield* memberships.activeMember(gameId, userId)
        return yield* new NotGameMember()
      })

      return PlayerAccess.of({
        reader: (gameId, userId) =>
          member(gameId, userId, store.player(gameId, userId)).pipe(Effect.flatMap(kept), Effect.flatMap(seated)),
        writer: (gameId, userId) => Effect.flatMap(member(gameId, userId, store.player(gameId, userId)), writing),
        lockedWriter: (gameId, userId) =>
          Effect.flatMap(member(gameId, userId, store.lockPlayer(gameId, userId)), writing)
      })
    })
  )
