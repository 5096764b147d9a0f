/**
 * What becomes of players who give no orders: after so many turns in a row they are reminded, and after more of them
 * the engine plays their seat, or they leave the game. The game says after how many, and which.
 */
import type { MembershipId } from "@galaxy/contract/ids/Ids"
import { Array as Arr, DateTime, Effect, Option } from "effect"
import type { KnownIntent } from "../notification/Intent.ts"
import { Notifications } from "../notification/Notifications.ts"
import { RaceNames } from "../race-name/RaceNames.ts"
import { RuntimeJobs } from "../runtime/RuntimeJobs.ts"
import type { Game, ObservedGame } from "./game/GameStore.ts"
import { type Absence, Attendance } from "./membership/Attendance.ts"
import { MembershipStore } from "./membership/MembershipStore.ts"

/** What a reminder says, and of which game's policy. */
type Reminding = Pick<Game, "game_id" | "game_name"> & { readonly missed_turns_reminder?: number | null | undefined }

/** The reminder of those who have missed exactly as many turns as the game's policy says. */
const reminderOf = (game: Reminding, turn: number, absent: ReadonlyArray<Absence>): KnownIntent | undefined => {
  const { game_id, game_name, missed_turns_reminder: missed } = game
  const recipients = absent.filter((it) => it.missed_turns === missed).map((it) => it.user_id)
  if (typeof missed !== "number" || recipients.length === 0) return undefined
  return {
    kind: "game.turn.missed",
    idempotencyKey: `turn-missed:${game_id}:${turn}`,
    recipients,
    payload: { game_id, game_name, turn: turn - 1, missed }
  }
}

/**
 * `afterTurn` applies a game's policy after a turn, in the transaction of the turn and after its members were told of it.
 * `turn` is the new one; orders could be given for the one before. Nobody has missed a turn that was `forced`. `reminders`
 * counts for several games in which nobody has missed too many, and returns what is to be told.
 *
 * `seatOutcome` tells the player what became of a seat that the engine was to play; one that the player has left
 * meanwhile is nobody's. All of them need the games' row locks.
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
    const intent = reminderOf(
      game,
      turn,
      absent.filter((it) => !out.includes(it))
    )
    if (intent !== undefined) yield* notifications.submit(intent)
    yield* Effect.forEach(out, (it) => (action === "computer" ? takeOver(game, it) : remove(game, it)), {
      discard: true
    })
  })

  const reminders = Effect.fn("AbsentPlayers.reminders")(function* (
    made: ReadonlyArray<{ readonly game: ObservedGame; readonly turn: number; readonly forced: boolean }>
  ) {
    const kept = made.filter(({ game }) => game.missed_turns_reminder !== null || game.missed_turns_limit !== null)
    const absent = yield* attendance.countAll(
      kept.map(({ game, turn, forced }) => ({ gameId: game.game_id, turn: turn - 1, forced }))
    )
    const of = Arr.groupBy(absent, (it) => it.game_id)
    return kept.flatMap(({ game, turn }) => reminderOf(game, turn, of[game.game_id] ?? []) ?? [])
  })

  return { afterTurn, reminders, seatOutcome }
})
