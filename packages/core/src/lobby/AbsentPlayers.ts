/**
 * What becomes of players who give no orders: after so many turns in a row they are reminded, and after more of them
 * the engine plays their seat, or they leave the game. The game says after how many, and which.
 */
import type { MembershipId } from "@galaxy/contract/ids/Ids"
import { DateTime, Effect, Option } from "effect"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import type { Game } from "./game/GameStore.ts"
import { type Absence, Attendance } from "./membership/Attendance.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/**
 * `afterTurn` applies a game's policy after a turn, in the transaction of the turn and after its members were told of it.
 * `turn` is the new one; orders could be given for the one before. Nobody has missed a turn that was `forced`.
 *
 * `seatOutcome` tells the player what became of a seat that the engine was to play; one that the player has left
 * meanwhile is nobody's. Both need the game's row lock.
 */
export const make = Effect.gen(function* () {
  const attendance = yield* Attendance
  const members = yield* MembershipStore
  const raceNames = yield* RaceNames
  const runtime = yield* RuntimeJobs
  const notifications = yield* Notifications

  /** They are told once the engine has said that it plays the seat. */
  const takeOver = Effect.fnUntraced(function* (game: Game, absent: Absence) {
    yield* attendance.takenOver(game.game_id, absent.user_id)
    yield* runtime.requestComputer(game.game_id, absent.user_id)
  })

  type Seat = Pick<Absence, "user_id" | "membership_id" | "race_name" | "joined_at">

  const end = Effect.fnUntraced(function* (game: Game, absent: Seat) {
    yield* members.end(game.game_id, absent.user_id, "removed")
    yield* raceNames.release(game.game_id, absent.user_id)
    return notifications.submit({
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

  const remove = Effect.fnUntraced(function* (game: Game, absent: Absence) {
    const tell = yield* end(game, absent)
    yield* runtime.requestBanish(game.game_id, absent.user_id)
    yield* tell
  })

  const seatOutcome = Effect.fn("AbsentPlayers.seatOutcome")(function* (
    game: Game,
    membershipId: MembershipId,
    what: "taken_over" | "leaves"
  ) {
    const found = yield* members.get(game.game_id, membershipId)
    if (Option.isNone(found) || found.value.status !== "active") return
    const seat = found.value
    if (what === "leaves") return yield* Effect.flatten(end(game, seat))
    yield* notifications.submit({
      kind: "game.seat.taken_over",
      idempotencyKey: `seat-taken-over:${seat.membership_id}:${DateTime.toEpochMillis(seat.joined_at)}`,
      recipients: [seat.user_id],
      payload: { game_id: game.game_id, game_name: game.game_name, race_name: seat.race_name }
    })
  })

  const afterTurn = Effect.fn("AbsentPlayers.afterTurn")(function* (game: Game, turn: number, forced: boolean) {
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
    yield* Effect.forEach(out, (it) => (action === "computer" ? takeOver(game, it) : remove(game, it)), {
      discard: true
    })
  })

  return { afterTurn, seatOutcome }
})
