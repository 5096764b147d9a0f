/**
 * Why a game makes its next turn when it does, or makes none.
 *
 * Pure: everything is decided from what is stored, from what the engine host says and from the clock.
 */
import type { GameWhy } from "@galaxy/contract/api/admin/Games"
import { DateTime, Struct } from "effect"
import type { EngineVersion } from "../engine/EngineVersions.ts"
import type { OperationRow } from "../runtime/OperationLog.ts"
import { healthNow, live, type RuntimeRow } from "../runtime/RuntimeRow.ts"
import { withoutNulls } from "../shared/rows.ts"
import type { Game } from "./game/GameStore.ts"
import type { Awaited } from "./membership/Attendance.ts"
import { blocksOf } from "./whyBlocks.ts"

/** All that is known of a game. */
export interface WhyFacts {
  readonly game: Game
  /** Absent before the first start. */
  readonly row: RuntimeRow | undefined
  /** The runtime's operations, newest first; those of a while suffice. */
  readonly operations: ReadonlyArray<OperationRow>
  readonly versions: ReadonlyArray<EngineVersion>
  readonly engine: "running" | "asleep" | "off" | "unknown"
  /** Those who may give orders for the coming turn. */
  readonly players: ReadonlyArray<Awaited>
  readonly now: DateTime.Utc
}

type Why = typeof GameWhy.Type

/** Most players that are listed. */
const mostAwaited = 100

const planned = (row: RuntimeRow | undefined, now: DateTime.Utc): string => {
  if (row === undefined) return "no turn is planned"
  if (row.force_next_turn) return `turn ${row.current_turn + 1} was forced and is made now`
  if (row.next_turn_at === null) return "no turn is planned"
  const at = DateTime.formatIso(row.next_turn_at)
  const why =
    row.next_turn_why === "schedule"
      ? "by the schedule"
      : `after forced turns that took the place of ${row.next_turn_skips} scheduled ones`
  return DateTime.isGreaterThan(row.next_turn_at, now)
    ? `turn ${row.current_turn + 1} is due at ${at} ${why}`
    : `turn ${row.current_turn + 1} was due at ${at} ${why}, and is made as soon as a worker is free`
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

const scheduleOf = (
  row: RuntimeRow
): Pick<Why, "asked_for" | "decision" | "next_turn_at" | "next_turn_why" | "skipped"> => ({
  ...(row.force_next_turn ? { asked_for: true } : {}),
  ...(row.last_decision === null
    ? {}
    : { decision: { text: row.last_decision, ...withoutNulls({ decided_at: row.last_decision_at }) } }),
  ...(row.next_turn_at === null
    ? {}
    : { next_turn_at: row.next_turn_at, next_turn_why: row.next_turn_why, skipped: row.next_turn_skips })
})

const operationOf = ({ created_at: started_at, ...rest }: OperationRow) => ({ ...withoutNulls(rest), started_at })

const lastTurnOf = (operations: ReadonlyArray<OperationRow>): Pick<Why, "last_turn"> => {
  const made = operations.find((it) => it.op === "turn" && it.status === "succeeded")
  if (made === undefined || made.turn === null || made.finished_at === null) return {}
  const { turn, created_at: started_at, due_at, finished_at } = made
  const took_ms = DateTime.toEpochMillis(finished_at) - DateTime.toEpochMillis(started_at)
  return { last_turn: { turn, ...(due_at === null ? {} : { due_at }), started_at, finished_at, took_ms } }
}

const engineOf = ({ row, versions, engine }: WhyFacts): Pick<Why, "engine"> =>
  row === undefined
    ? {}
    : {
        engine: {
          ...(row.engine_version === null ? {} : { version: row.engine_version }),
          version_enabled: versions.some((it) => it.enabled && it.version === row.engine_version),
          state: engine,
          ...(row.started_at === null ? {} : { game_state_in: row.state_in_database ? "database" : "host" }),
          ...withoutNulls({ ...healthNow(row), last_observed_at: row.last_observed_at })
        }
      }

const ordersOf = ({ game, row, players }: WhyFacts): Pick<Why, "orders"> => {
  if (row === undefined || row.started_at === null || !live.includes(row.status)) return {}
  const awaited = players.filter((it) => !it.given)
  const { missed_turns_reminder, missed_turns_limit, absence_action } = game
  return {
    orders: {
      players: players.length,
      given: players.length - awaited.length,
      awaited: awaited.slice(0, mostAwaited).map((it) => Struct.omit(it, ["given"])),
      ...(missed_turns_reminder === undefined ? {} : { reminded_after: missed_turns_reminder }),
      ...(missed_turns_limit === undefined ? {} : { removed_after: missed_turns_limit }),
      ...(absence_action === undefined ? {} : { absence_action })
    }
  }
}

/** The answer. */
export const explain = (facts: WhyFacts): Why => {
  const { game, row, operations, versions, now } = facts
  const enabled = new Set(versions.filter((it) => it.enabled).map((it) => it.version))
  const blocks = blocksOf(game, row, enabled, operations, now)
  const [last] = operations
  return {
    game_id: game.game_id,
    game_name: game.game_name,
    status: game.status,
    visibility: game.visibility,
    summary: sentence([planned(row, now), ...blocks.map((it) => it.message)].join("; ")),
    current_turn: game.current_turn,
    turn_schedule: game.turn_schedule,
    time_zone: game.time_zone,
    ...(row === undefined ? {} : scheduleOf(row)),
    ...(last === undefined ? {} : { last_operation: operationOf(last) }),
    ...lastTurnOf(operations),
    ...engineOf(facts),
    ...ordersOf(facts),
    blocks
  }
}
