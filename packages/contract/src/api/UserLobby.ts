/** Games in the lobby, for players (`/api/v1/user/lobby/games`, `/api/v1/user/lobby/my/games`). */
import { Schema } from "effect"
import { GameId, MembershipId, UserId } from "../ids/Ids.ts"
import { engineVersion, idempotencyKey, int, label, Timestamp } from "./Fields.ts"
import { line, paragraphs } from "./Text.ts"
import { Ruleset } from "./Ruleset.ts"

export { Invite, InviteList, InviteStatus, IssueInvite, RedeemInvite } from "./UserInvites.ts"

export { Membership, MembershipList } from "./UserMemberships.ts"

/**
 * A game goes from `draft` by its owner's steps to `enrollment_open`, `ready_to_start` and `starting`; the runtime then
 * makes it `running`, `start_failed` or in the end `finished`. `finished` and `cancelled` are final.
 */
export const GameStatus = Schema.Literals([
  "draft",
  "enrollment_open",
  "ready_to_start",
  "starting",
  "start_failed",
  "running",
  "paused",
  "finished",
  "cancelled"
])

export type GameStatus = typeof GameStatus.Type

/**
 * A private game exists only for its owner, its active members and users with an open invite; all others get
 * `not_found`. A public game is visible to everybody and is run by the administrators.
 */
export const Visibility = Schema.Literals(["private", "public"])

/** What becomes of the seat of a player who has missed too many turns: a computer player takes it, or the race leaves. */
export const AbsenceAction = Schema.Literals(["computer", "removal"])

export type AbsenceAction = typeof AbsenceAction.Type

const name = line(64)

const description = paragraphs(2000)

const players = int(1, 200)

const missedTurns = int(0, 1000)

const settings = {
  description: Schema.optionalKey(description),
  /** IANA time zone of the schedule; UTC when a new game names none. */
  time_zone: Schema.optionalKey(label(64)),
  /** Seats that the engine plays. They count towards `min_players` and `max_players`, and leave at least one place. */
  computer_players: Schema.optionalKey(int(0, 199)),
  /** Whether a turn is made early once all players in it are ready. */
  early_turns: Schema.optionalKey(Schema.Boolean),
  /** Turns in a row without orders after which a player is reminded; 0 for never. One that is forced doesn't count. */
  missed_turns_reminder: Schema.optionalKey(missedTurns),
  /** Turns in a row without orders after which `absence_action` is taken; 0 for never. */
  missed_turns_limit: Schema.optionalKey(missedTurns),
  /** Goes together with `missed_turns_limit`. */
  absence_action: Schema.optionalKey(Schema.Literals(["none", ...AbsenceAction.literals]))
}

/**
 * Body of `lobby.games.create`, which makes a private game in `draft`. `min_players` must not be above `max_players`.
 */
export const CreateGame = Schema.Struct({
  game_name: name,
  min_players: players,
  max_players: players,
  /**
   * Five cron fields: minute, hour, day of month, month, day of week. Turns must not come closer together than the host
   * allows, one minute by default.
   */
  turn_schedule: label(128),
  /** An enabled version of the registry; when absent, the newest one at the start. */
  engine_version: Schema.optionalKey(engineVersion),
  /** From then on nobody can join any more; must lie in the future. */
  enrollment_ends_at: Schema.optionalKey(Timestamp),
  /** Seats the owner in the new game under this name. */
  race_name: Schema.optionalKey(name),
  /**
   * Chosen by the client, new for each game that it wants: 1 to 64 of `A-Z a-z 0-9 - _`. Sent again by the same owner, it
   * answers the game that was made with it, as it is now; with other settings it is `conflict`, `exists`.
   */
  idempotency_key: Schema.optionalKey(idempotencyKey),
  ...settings
})

/** A value that an empty text or `null` clears. */
const clearable = <S extends Schema.Top>(value: S) => Schema.NullOr(Schema.Union([Schema.Literal(""), value]))

/**
 * Body of `lobby.games.update`: what is absent stays. From `starting` on only the name, the description, `early_turns`
 * and what is done about missed turns can change, and nothing after the game's end: `conflict`, `wrong_state`. Fewer
 * places than are taken are `conflict`, `full`.
 */
export const UpdateGame = Schema.Struct({
  game_name: Schema.optionalKey(name),
  min_players: Schema.optionalKey(players),
  max_players: Schema.optionalKey(players),
  turn_schedule: Schema.optionalKey(label(128)),
  engine_version: Schema.optionalKey(clearable(engineVersion)),
  enrollment_ends_at: Schema.optionalKey(clearable(Timestamp)),
  ...settings
})

/** The caller's own membership of a game, active or not. */
export const OwnSeat = Schema.Struct({
  membership_id: MembershipId,
  race_name: Schema.String,
  status: Schema.Literals(["active", "removed", "blocked"]),
  /** When the caller last gave orders; absent before the first ones. */
  orders_given_at: Schema.optionalKey(Timestamp),
  /** How many orders stand for the present turn; absent before the first ones for it. */
  orders: Schema.optionalKey(Schema.Int),
  /** How many of them the engine refused. */
  refused: Schema.optionalKey(Schema.Int),
  /** Whether the caller has said to be done with the orders for the present turn. */
  ready: Schema.Boolean
})

/** One game as the lobby shows it; every step on a game answers with it. */
export const Game = Schema.Struct({
  game_id: GameId,
  /** Absent for a public game: administrators own it together. */
  owner_user_id: Schema.optionalKey(UserId),
  visibility: Visibility,
  status: GameStatus,
  game_name: Schema.String,
  description: Schema.String,
  min_players: Schema.Int,
  max_players: Schema.Int,
  /** Active members. */
  member_count: Schema.Int,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  engine_version: Schema.optionalKey(Schema.String),
  /** The newest committed turn; 0 is the galaxy as it was created. */
  current_turn: Schema.Int,
  /** Last reported by the runtime; `none` before a start is asked for, else one of the values of `Runtime.status`. */
  runtime_status: Schema.String,
  /** Why the last start failed, in at most 500 characters; absent once a start is asked for again. */
  failure_reason: Schema.optionalKey(Schema.String),
  next_turn_at: Schema.optionalKey(Timestamp),
  created_at: Timestamp,
  updated_at: Timestamp,
  started_at: Schema.optionalKey(Timestamp),
  finished_at: Schema.optionalKey(Timestamp),
  /** Seats that the engine plays, beside the members. */
  computer_players: Schema.Int,
  /** Whether a turn is made early once all players in it are ready. */
  early_turns: Schema.Boolean,
  /** Turns without orders after which a player is reminded; absent for never. */
  missed_turns_reminder: Schema.optionalKey(Schema.Int),
  /** Turns without orders after which `absence_action` is taken; both are absent for never. */
  missed_turns_limit: Schema.optionalKey(Schema.Int),
  absence_action: Schema.optionalKey(AbsenceAction),
  /** When enrolment ends by itself; absent if only the start ends it. */
  enrollment_ends_at: Schema.optionalKey(Timestamp),
  /** The caller's own membership, where there is one; only when a game is read or listed. */
  membership: Schema.optionalKey(OwnSeat),
  /** For the game's owner and members, once it has been started; only when a single game is read. */
  ruleset: Schema.optionalKey(Ruleset)
})

/** Body of `lobby.games.preview_schedule`. */
export const SchedulePreview = Schema.Struct({
  turn_schedule: label(128),
  /** UTC when absent. */
  time_zone: Schema.optionalKey(label(64))
})

/** Answer of `lobby.games.preview_schedule`: when the next five turns would be due. */
export const ScheduleFires = Schema.Struct({ fires: Schema.Array(Timestamp) })

/**
 * Answer of `lobby.games.list` and of `lobby.my.games`, games that the caller owns or plays in. Newest first. Without
 * `next_cursor` it is the last page.
 */
export const GameList = Schema.Struct({
  games: Schema.Array(Game),
  next_cursor: Schema.optionalKey(Schema.String)
})
