/** How a row of `games` is read: its columns, and the game that they make. */
import { AbsenceAction, type Game, GameStatus, Visibility } from "@galaxy/contract/api/UserLobby"
import { GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"

/**
 * A game as the wire shows it, and as the lobby works with it. Its member count is computed from active memberships at
 * each read.
 */
export type Game = typeof Game.Type

/** A row as it is selected with `gameColumns`. */
export const GameRow = Schema.Struct({
  game_id: GameId,
  owner_user_id: Schema.NullOr(UserId),
  visibility: Visibility,
  status: GameStatus,
  game_name: Schema.String,
  description: Schema.String,
  min_players: Schema.Int,
  max_players: Schema.Int,
  member_count: Schema.Int,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  engine_version: Schema.NullOr(Schema.String),
  current_turn: Schema.Int,
  runtime_status: Schema.String,
  failure_reason: Schema.NullOr(Schema.String),
  next_turn_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  created_at: Schema.DateTimeUtcFromDate,
  updated_at: Schema.DateTimeUtcFromDate,
  started_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  finished_at: Schema.NullOr(Schema.DateTimeUtcFromDate),
  computer_players: Schema.Int,
  early_turns: Schema.Boolean,
  missed_turns_reminder: Schema.NullOr(Schema.Int),
  missed_turns_limit: Schema.NullOr(Schema.Int),
  absence_action: Schema.NullOr(AbsenceAction),
  enrollment_ends_at: Schema.NullOr(Schema.DateTimeUtcFromDate)
})

/** The columns of `GameRow`, of the table `games` under the name `g`. */
export const gameColumns = `
  g.game_id, g.owner_user_id, g.visibility, g.status, g.game_name, g.description, g.min_players, g.max_players,
  (SELECT count(*)::int FROM backend.memberships m WHERE m.game_id = g.game_id AND m.status = 'active') AS member_count,
  g.turn_schedule, g.time_zone, g.engine_version, g.current_turn, g.runtime_status, g.failure_reason, g.next_turn_at,
  g.created_at, g.updated_at, g.started_at, g.finished_at, g.computer_players, g.early_turns, g.missed_turns_reminder,
  g.missed_turns_limit, g.absence_action, g.enrollment_ends_at`

/** A name as it is searched for: letter case and compatibility forms don't matter. */
export const nameKey = (name: string): string => name.normalize("NFKC").toLowerCase()
