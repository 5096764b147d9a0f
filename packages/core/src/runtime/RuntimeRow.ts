/**
 * One game's row of `runtime_records`: every decision about its work is made from it and the clock alone.
 */
import { GameId } from "@galaxy/contract/ids/Ids"
import { DateTime, Schema } from "effect"
import { EngineHealth } from "./HealthLog.ts"
import type { TurnDeadline } from "./TurnTimes.ts"

/**
 * The state of a game's runtime, next to the lobby's own state. `starting` and `generation_in_progress` have an attempt
 * due or waiting. `generation_failed`: the turn isn't tried again until an operator forces it. `stopped`: the game was
 * stopped, or was gone while it was being started or its turn made; the state of one that was in play is kept. The
 * engine of a game that is `finished` or `generation_failed` is started only to be read from.
 */
export const RuntimeStatus = Schema.Literals([
  "starting",
  "running",
  "generation_in_progress",
  "generation_failed",
  "paused",
  "start_failed",
  "stopped",
  "finished"
])
export type RuntimeStatus = typeof RuntimeStatus.Type

/**
 * What is to be done with the game's engine: end it, start it anew, or start it anew on the version that was patched in
 * (the one before comes back if that one doesn't get up).
 */
export const EngineTask = Schema.Literals(["stop", "restart", "patch"])
export type EngineTask = typeof EngineTask.Type

const Time = Schema.NullOr(Schema.DateTimeUtcFromDate)

/** One game's runtime. Every decision about its work is made from this row and the clock alone. */
export const RuntimeRow = Schema.Struct({
  game_id: GameId,
  status: RuntimeStatus,
  /** The fencing token, one higher after each write but `force`. */
  row_version: Schema.BigInt,
  engine_version: Schema.NullOr(Schema.String),
  image_ref: Schema.NullOr(Schema.String),
  /** What the image's name stood for at the first start on it, where the host can tell. */
  image_id: Schema.NullOr(Schema.String),
  /** The `instanceId` of the engine last seen. */
  current_container_id: Schema.NullOr(Schema.String),
  /** Where the engine of `engine_epoch` listens, once it has got up. */
  engine_endpoint: Schema.NullOr(Schema.String),
  /** On which host it runs, or ran last; null before the first start. */
  engine_host: Schema.NullOr(Schema.String),
  /** One epoch is one run of one engine: it rises before an engine is started. 0 before the first one. */
  engine_epoch: Schema.Int,
  /**
   * The database has the game's state (`StateVault`), and engines are given it when they start. Otherwise it is with the
   * host of `engine_host` alone, if the game was started.
   */
  state_in_database: Schema.Boolean,
  /** Seeds everything random in the galaxy; secret while the game is played. */
  seed: Schema.String,
  turn_schedule: Schema.String,
  time_zone: Schema.String,
  /** The newest committed turn; 0 is the galaxy as created. */
  current_turn: Schema.Int,
  /** The turn being made, from the cutoff until it is committed. */
  generating_turn: Schema.NullOr(Schema.Int),
  /**
   * Since when the engine of `current_container_id` has been computing this turn; null unless an attempt has ended
   * without its answer.
   */
  generating_since: Time,
  /** The next deadline. The two columns after it explain why it is then (`TurnDeadline`). */
  next_turn_at: Time,
  next_turn_why: Schema.Literals(["schedule", "forced"]),
  next_turn_skips: Schema.Int,
  /** When the deadline was set: a time in the future shows that a clock was wrong. */
  next_turn_set_at: Time,
  /** The deadline before it was corrected, to come back if it was the correcting clock that was wrong. */
  next_turn_was: Time,
  /** A turn was asked for out of schedule. */
  force_next_turn: Schema.Boolean,
  /** The schedule makes no turns. A turn that was being made is finished. */
  paused: Schema.Boolean,
  engine_task: Schema.NullOr(EngineTask),
  /** What `engine_version` and `image_ref` have replaced, until an engine of theirs is up: then null. */
  previous_version: Schema.NullOr(Schema.String),
  previous_image: Schema.NullOr(Schema.String),
  /** When the earliest order about one of the seats is due; null while there is none. */
  seat_order_at: Time,
  next_attempt_at: Time,
  /** Attempts at the present start, turn or task, begun ones included. */
  attempts: Schema.Int,
  /**
   * The last of these attempts has begun, and its end isn't stored. If nobody is at work on it, it was cut off by the end
   * of its backend, and hasn't failed.
   */
  attempt_open: Schema.Boolean,
  failure_reason: Schema.NullOr(Schema.String),
  /** When the game first got into play: from then on its galaxy must never be lost. */
  started_at: Time,
  last_observed_at: Time,
  /** What was last decided about the game, for operators. */
  last_decision: Schema.NullOr(Schema.String),
  last_decision_at: Time,
  health: EngineHealth,
  health_since: Time
})
export type RuntimeRow = typeof RuntimeRow.Type

/** The health as it is known now: what was noted before the engine did its last work says nothing of it any more. */
export const healthNow = (row: RuntimeRow): Pick<RuntimeRow, "health" | "health_since"> =>
  row.health_since !== null &&
  row.last_observed_at !== null &&
  row.health !== "healthy" &&
  DateTime.isGreaterThan(row.last_observed_at, row.health_since)
    ? { health: "unknown", health_since: null }
    : { health: row.health, health_since: row.health_since }

/** The columns that work on a game changes. Absent ones stay; null clears one. */
export interface RuntimeChange {
  readonly status?: RuntimeStatus
  readonly engine_version?: string
  readonly image_ref?: string
  readonly previous_version?: string | null
  readonly previous_image?: string | null
  readonly paused?: boolean
  readonly engine_task?: EngineTask | null
  readonly current_container_id?: string | null
  readonly engine_endpoint?: string | null
  readonly engine_host?: string
  readonly engine_epoch?: number
  readonly image_id?: string | null
  /** Never taken back: the host's own state is older from then on. */
  readonly state_in_database?: true
  readonly current_turn?: number
  readonly generating_turn?: number | null
  readonly generating_since?: Date | null
  readonly next_turn_at?: Date | null
  readonly next_turn_why?: "schedule" | "forced"
  readonly next_turn_skips?: number
  readonly next_turn_set_at?: Date | null
  readonly next_turn_was?: Date | null
  readonly force_next_turn?: false
  readonly next_attempt_at?: Date | null
  readonly attempts?: number
  readonly attempt_open?: boolean
  readonly failure_reason?: string | null
  readonly started_at?: Date
  readonly last_decision?: string
  readonly last_decision_at?: Date
  readonly last_observed_at?: Date
  /** What the engine tells of the ruleset, as JSON. */
  readonly ruleset?: string
}

/** Whether an attempt is a retry of one that has failed. One that was cut off is made again as if for the first time. */
export const isRetry = ({ attempts, attempt_open }: Pick<RuntimeRow, "attempts" | "attempt_open">): boolean =>
  attempts > 0 && !attempt_open

/** The row's deadline; null while no turn is planned. */
export const deadlineOf = (row: RuntimeRow): TurnDeadline | null =>
  row.next_turn_at === null ? null : { at: row.next_turn_at, why: row.next_turn_why, skips: row.next_turn_skips }

/**
 * The columns that set the next turn's deadline, or clear it. `was` keeps the deadline it replaces, where that one
 * isn't explained by the present clock.
 */
export const deadlineChange = (
  deadline: TurnDeadline | null,
  now: DateTime.Utc,
  was: DateTime.Utc | null = null
): RuntimeChange => ({
  next_turn_at: deadline === null ? null : DateTime.toDate(deadline.at),
  next_turn_why: deadline?.why ?? "schedule",
  next_turn_skips: deadline?.skips ?? 0,
  next_turn_set_at: deadline === null ? null : DateTime.toDate(now),
  next_turn_was: was === null ? null : DateTime.toDate(was)
})

/** The version of a game that hasn't got up takes its place back from the one that was to replace it. */
export interface VersionBack {
  readonly engine_version: string
  readonly image_ref: string
  /** Another one may be what its name stands for by now. */
  readonly image_id: null
  readonly previous_version: null
  readonly previous_image: null
}

/** The columns that bring the version before back; absent where the row's own version has been up. */
export const versionBack = ({ previous_version, previous_image }: RuntimeRow): VersionBack | undefined =>
  previous_version === null || previous_image === null
    ? undefined
    : {
        engine_version: previous_version,
        image_ref: previous_image,
        image_id: null,
        previous_version: null,
        previous_image: null
      }

/** States in which a game needs its engine. */
export const live: ReadonlyArray<RuntimeStatus> = ["starting", "running", "generation_in_progress", "paused"]
