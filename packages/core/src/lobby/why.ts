/**
 * Why a game makes its next turn when it does, or makes none: the lobby's and the runtime's rows in words.
 *
 * Pure: everything is decided from what is stored and from the clock.
 */
import type { GameBlock, GameWhy } from "@galaxy/contract/api/admin/Games"
import { DateTime } from "effect"
import type { OperationRow } from "../runtime/OperationLog.ts"
import type { RuntimeRow } from "../runtime/RuntimeRow.ts"
import { withoutNulls } from "../shared/rows.ts"
import { placesTaken } from "./game/GameState.ts"
import type { Game } from "./game/GameStore.ts"

type Block = typeof GameBlock.Type

const block = (
  code: string,
  message: string,
  times: { since?: DateTime.Utc | null; until?: DateTime.Utc | null } = {}
) => ({ code, message, ...withoutNulls(times) }) as Block

const waitingFor: Partial<Record<Game["status"], string>> = {
  draft: "the game is a draft: its owner has to open enrolment",
  enrollment_open: "enrolment is open: the owner has to make the game ready to start",
  ready_to_start: "the game is ready: the owner has to start it"
}

const ofLobby = (game: Game): ReadonlyArray<Block> => {
  const waiting = waitingFor[game.status]
  if (waiting !== undefined) {
    const missing = game.min_players - placesTaken(game)
    return [
      block("not_started", waiting),
      ...(missing > 0 ? [block("not_enough_players", `${missing} more players are needed`)] : [])
    ]
  }
  switch (game.status) {
    case "start_failed":
      return [
        block(
          "start_failed",
          `the start has failed: ${game.failure_reason ?? "no reason is known"}; retry-start makes the game ready again`
        )
      ]
    case "finished":
      return [block("finished", "the game is over", { since: game.finished_at ?? null })]
    case "cancelled":
      return [block("cancelled", "the game was cancelled", { since: game.updated_at })]
    case "paused":
      return game.runtime_status === "stopped"
        ? [
            block("stopped", "the engine was stopped; force-start brings the same game up again", {
              since: game.updated_at
            })
          ]
        : [block("paused", "the game is paused; resume lets it go on", { since: game.updated_at })]
    default:
      return []
  }
}

/** An attempt that waits after others have failed. */
const attempts = (what: string, row: RuntimeRow): ReadonlyArray<Block> =>
  row.attempts === 0 || row.failure_reason === null
    ? []
    : [
        block("retrying", `${what} is tried again, after ${row.attempts} attempts: ${row.failure_reason}`, {
          until: row.next_attempt_at
        })
      ]

const ofRuntime = (row: RuntimeRow): ReadonlyArray<Block> => {
  const found: Array<Block> = []
  if (row.status === "starting") found.push(...attempts("the start", row))
  if (row.status === "generation_in_progress") {
    found.push(
      block("generating", `turn ${row.generating_turn ?? row.current_turn + 1} is being made`, {
        since: row.generating_since
      })
    )
    found.push(...attempts("the turn", row))
  }
  if (row.status === "generation_failed") {
    const reason = row.failure_reason ?? "no reason is known"
    found.push(
      block("generation_failed", `the turn could not be made: ${reason}; mend the cause, then force-next-turn`)
    )
  }
  if (row.engine_task !== null) {
    found.push(
      block("engine_task", `the engine is to be ended or started anew: ${row.engine_task}`, {
        until: row.next_attempt_at
      })
    )
  }
  if (row.health === "unhealthy" || row.health === "removed") {
    found.push(block(`engine_${row.health}`, `the engine is ${row.health}`, { since: row.health_since }))
  }
  return found
}

const inPlay: ReadonlySet<Game["status"]> = new Set(["starting", "running", "paused"])

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

type Schedule = Pick<typeof GameWhy.Type, "decision" | "next_turn_at" | "next_turn_why" | "skipped">

const scheduleOf = (row: RuntimeRow): Schedule => ({
  ...(row.last_decision === null
    ? {}
    : { decision: { text: row.last_decision, ...withoutNulls({ decided_at: row.last_decision_at }) } }),
  ...(row.next_turn_at === null
    ? {}
    : { next_turn_at: row.next_turn_at, next_turn_why: row.next_turn_why, skipped: row.next_turn_skips })
})

/** The answer, from the game's row, its runtime's if there is one, and the newest operation of the runtime. */
export const explain = (
  game: Game,
  row: RuntimeRow | undefined,
  last: OperationRow | undefined,
  now: DateTime.Utc
): typeof GameWhy.Type => {
  const blocks = [...ofLobby(game), ...(row !== undefined && inPlay.has(game.status) ? ofRuntime(row) : [])]
  const reasons = blocks.map((it) => it.message)
  return {
    game_id: game.game_id,
    status: game.status,
    summary: sentence([planned(row, now), ...reasons].join("; ")),
    current_turn: game.current_turn,
    ...(row === undefined ? {} : scheduleOf(row)),
    ...(last === undefined ? {} : { last_operation: operationOf(last) }),
    blocks
  }
}

const operationOf = ({ created_at: started_at, ...rest }: OperationRow) => ({ ...withoutNulls(rest), started_at })
