/**
 * What becomes of players who give no orders: after so many turns in a row they are reminded, and after more of them
 * the engine plays their seat, or they leave the game. The game says after how many, and which.
 */
import { DateTime, Effect } from "effect"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import type { Game } from "./game/GameStore.ts"
import { type Absence, Attendance } from "./membership/Attendance.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/**
 * Applies a game's policy after a turn, in the transaction of the turn and after its members were told of it. `turn` is
 * the new one; orders could be given for the one before. Nobody has missed a turn that was `forced`.
 */
export const make = Effect.gen(function* () {
  const attendance = yield* Attendance
  const members = yield* MembershipStore
  const raceNames = yield* RaceNames
  const runtime = yield* RuntimeJobs
  const notifications = yield* Notifications

  const takeOver = Effect.fnUntraced(function* (game: Game, turn: number, absent: Absence) {
    yield* attendance.takenOver(game.game_id, absent.user_id)
    yield* runtime.requestComputer(game.game_id, absent.user_id)
    yield* notifications.submit({
      kind: "game.seat.taken_over",
      idempotencyKey: `seat-taken-over:${absent.membership_id}:${turn}`,
      recipients: [absent.user_id],
      payload: { game_id: game.game_id, game_name: game.game_name, race_name: absent.race_name }
    })
  })

  const remove = Effect.fnUntraced(function* (game: Game, absent: Absence) {
    yield* members.end(game.game_id, absent.user_id, "removed")
    yield* raceNames.release(game.game_id, absent.user_id)
    yield* runtime.requestBanish(game.game_id, absent.user_id)
    yield* notifications.submit({
      kind: "lobby.membership.removed",
      idempotencyKey: `membership-removed:${absent.membership_id}:${DateTime.toEpochMillis(absent.joined_at)}`,
      recipients: [absent.user_id],
      payload: {
        game_id: game.game_id,
        game_name: game.game_name,
        membership_id: absent.membership_id,
        reason: "absent"
      }
    })
  })

  return Effect.fn("AbsentPlayers.afterTurn")(function* (game: Game, turn: number, forced: boolean) {
    const { missed_turns_reminder: reminder, missed_turns_limit: limit, absence_action: action } = game
    if (reminder === undefined && limit === undefined) return
    const absent = yield* attendance.count(game.game_id, turn - 1, forced)
    const out = limit === undefined ? [] : absent.filter((it) => it.missed_turns >= limit)
    const reminded = absent.filter((it) => it.missed_turns === reminder && !out.includes(it))
    if (reminder !== undefined && reminded.length > 0) {
      yield* notifications.submit({
        kind: "game.turn.missed",
        idempotencyKey: `turn-missed:${game.game_id}:${turn}`,
        recipients: reminded.map((it) => it.user_id),
        payload: { game_id: game.game_id, game_name: game.game_name, turn: turn - 1, missed: reminder }
      })
    }
    yield* Effect.forEach(out, (it) => (action === "computer" ? takeOver(game, turn, it) : remove(game, it)), {
      discard: true
    })
  })
})
