/**
 * What keeps a game from its next turn, or from its start: the lobby's and the runtime's rows in words.
 *
 * Pure: everything is decided from what is stored and from the clock. A block says who has to act, if anybody.
 */
import type { GameBlock } from "@galaxy/contract/api/admin/Games"
import { DateTime } from "effect"
import { isMovedByOutage, isRefused, isStartOver, isStartRefused, isWaitingForRoom } from "../runtime/decisions.ts"
import type { OperationRow } from "../runtime/OperationLog.ts"
import { healthNow, type RuntimeRow } from "../runtime/RuntimeRow.ts"
import { withoutNulls } from "../shared/rows.ts"
import { placesTaken } from "./game/GameState.ts"
import type { Game } from "./game/GameStore.ts"
import { failedRenewal, turnReason } from "./whyReasons.ts"

/** One thing that is in the way. */
export type Block = typeof GameBlock.Type

type Acts = NonNullable<Block["acts"]>

const block = (
  code: string,
  message: string,
  more: { acts?: Acts | undefined; since?: DateTime.Utc | null; until?: DateTime.Utc | null } = {}
): Block => {
  const { acts, ...times } = more
  return { code, message, ...(acts === undefined ? {} : { acts }), ...(withoutNulls(times) as Partial<Block>) }
}

/** A turn that is due for longer isn't just waiting for the scheduler's next pass. */
const overdueAfterSeconds = 120

/** What is waited for, by who has to do it. */
const waitingFor: Partial<Record<Game["status"], (who: string) => string>> = {
  draft: (who) => `the game is a draft: ${who} has to open enrolment`,
  enrollment_open: (who) => `players are joining: ${who} has to end enrolment before the game can start`,
  ready_to_start: (who) => `the game is ready: ${who} has to start it`
}

const needed = (missing: number, acts: Acts): string =>
  [
    missing === 1 ? "1 more player is needed" : `${missing} more players are needed`,
    acts === "operator" ? "an administrator gives seats to those who apply" : "its owner invites them"
  ].join("; ")

/** Administrators own public games together. */
const ownerOf = (game: Game): Acts => (game.visibility === "public" ? "operator" : "owner")

/** A game that was in play stands because it was stopped, or because it could not be brought up again after that. */
const standsBecause = (row: RuntimeRow | undefined): string =>
  row !== undefined && isStartOver(row) ? "the game could not be started again" : "the engine was stopped"

const ofLobby = (game: Game, row: RuntimeRow | undefined): ReadonlyArray<Block> => {
  const waiting = waitingFor[game.status]
  const acts = ownerOf(game)
  if (waiting !== undefined) {
    // A game needs at least one human member.
    const missing = Math.max(game.min_players - placesTaken(game), game.member_count === 0 ? 1 : 0)
    return [
      block("not_started", waiting(acts === "operator" ? "an administrator" : "its owner"), { acts }),
      ...(missing > 0 ? [block("not_enough_players", needed(missing, acts))] : [])
    ]
  }
  switch (game.status) {
    case "start_failed":
      return [
        block(
          "start_failed",
          // The game's own reason is the one that its players are told.
          `the start has failed: ${row?.failure_reason ?? game.failure_reason ?? "no reason is known"}`,
          { acts: "operator" }
        ),
        ...refused(row, "operator")
      ]
    case "finished":
      return [block("finished", "the game is over", { since: game.finished_at ?? null })]
    case "cancelled":
      return [block("cancelled", "the game was cancelled", { since: game.updated_at })]
    case "paused":
      return game.runtime_status === "stopped"
        ? [
            block("stopped", `${standsBecause(row)}${row?.failure_reason ? `: ${row.failure_reason}` : ""}`, {
              acts: "operator",
              since: game.updated_at
            }),
            ...(row !== undefined && isStartRefused(row) ? refused(row, "operator") : [])
          ]
        : [block("paused", "the game is paused", { acts, since: game.updated_at })]
    default:
      return []
  }
}

/** States from which the game is started, or started again. */
const startable: ReadonlySet<Game["status"]> = new Set(["draft", "enrollment_open", "ready_to_start", "start_failed"])

/** `enabled` are the versions that may be started. */
const ofVersion = (game: Game, row: RuntimeRow | undefined, enabled: ReadonlySet<string>): ReadonlyArray<Block> => {
  const stopped = game.status === "paused" && game.runtime_status === "stopped"
  if (!stopped && !startable.has(game.status)) return []
  const version = stopped ? (row?.engine_version ?? game.engine_version) : game.engine_version
  if (version === undefined ? enabled.size > 0 : enabled.has(version)) return []
  const what =
    version === undefined ? "no engine version is enabled" : `engine version ${version} is disabled or unknown`
  return [
    block("version_disabled", `${what}, so the game can't start; enable one, or start it on another one`, {
      acts: "operator"
    })
  ]
}

/** An attempt that waits after others have failed. */
const attempts = (what: string, row: RuntimeRow, reason = row.failure_reason): ReadonlyArray<Block> => {
  if (row.attempts === 0 || reason === null) return []
  return isWaitingForRoom(row)
    ? [
        block("no_capacity", `${what} waits for room for its engine: ${reason}`, {
          acts: "operator",
          until: row.next_attempt_at
        })
      ]
    : [
        block("retrying", `${what} is tried again, after ${row.attempts} attempts: ${reason}`, {
          until: row.next_attempt_at
        })
      ]
}

/** An engine that runs and answers, and says no: whether one of another version says the same isn't known. */
const refused = (row: RuntimeRow | undefined, acts?: Acts, reason = row?.failure_reason ?? ""): ReadonlyArray<Block> =>
  row === undefined || !isRefused(row)
    ? []
    : [block("engine_refused", `the engine answers and refused it: ${reason}`, { acts })]

const overdue = (row: RuntimeRow, now: DateTime.Utc): ReadonlyArray<Block> =>
  row.status === "running" &&
  !row.paused &&
  row.next_turn_at !== null &&
  DateTime.toEpochMillis(now) - DateTime.toEpochMillis(row.next_turn_at) > overdueAfterSeconds * 1_000
    ? [
        block("overdue", "the turn is overdue: no worker has begun it; see whether the backend's workers are stalled", {
          acts: "operator",
          since: row.next_turn_at
        })
      ]
    : []

/** A turn that was given up, and apart from it what has failed since of what was done to its engine. */
const givenUp = (row: RuntimeRow, operations: ReadonlyArray<OperationRow>): ReadonlyArray<Block> => {
  const reason = turnReason(row, operations) ?? "no reason is known"
  const renewal = row.engine_task === null || row.attempts === 0 ? failedRenewal(operations) : undefined
  return [
    block("generation_failed", `the turn could not be made: ${reason}; mend the cause, then force the turn`, {
      acts: "operator"
    }),
    ...refused(row, "operator", reason),
    ...(renewal === undefined
      ? []
      : [
          block(
            "renewal_failed",
            `after that the engine's ${renewal.op} has failed: ${renewal.error ?? "no reason is known"}`,
            { since: renewal.finished_at }
          )
        ])
  ]
}

const ofRuntime = (
  row: RuntimeRow,
  operations: ReadonlyArray<OperationRow>,
  now: DateTime.Utc
): ReadonlyArray<Block> => {
  const found: Array<Block> = [...overdue(row, now)]
  if (row.status === "starting") found.push(...attempts("the start", row))
  if (row.status === "generation_in_progress") {
    found.push(
      block("generating", `turn ${row.generating_turn ?? row.current_turn + 1} is being made`, {
        since: row.generating_since
      })
    )
    // It is tried again by itself.
    found.push(...attempts("the turn", row), ...refused(row))
  }
  if (row.status === "generation_failed") found.push(...givenUp(row, operations))
  if (row.status === "running" && isMovedByOutage(row)) {
    found.push(block("moved_by_outage", `${row.last_decision ?? ""}, and players got that time back`))
  }
  if (row.engine_task !== null) {
    found.push(
      block("engine_task", `the engine is to be ended or started anew: ${row.engine_task}`, {
        until: row.next_attempt_at
      })
    )
    if (row.status !== "starting" && row.status !== "generation_in_progress") {
      // Where a turn was given up the row keeps its reason, and the log has the task's.
      const reason = row.status === "generation_failed" ? failedRenewal(operations)?.error : undefined
      found.push(...attempts(`the engine's ${row.engine_task}`, row, reason ?? row.failure_reason))
    }
  }
  const { health, health_since: since } = healthNow(row)
  if (health === "unhealthy") {
    const message = "the engine doesn't answer; it is started anew by itself if it goes on like this"
    found.push(block("engine_unreachable", message, { since }))
  }
  if (health === "removed") {
    found.push(block("engine_removed", "the engine has ended; it is started anew by itself", { since }))
  }
  return found
}

const inPlay: ReadonlySet<Game["status"]> = new Set(["starting", "running", "paused"])

/** Everything that is in the way, the lobby's reasons first. `operations` are the runtime's newest. */
export const blocksOf = (
  game: Game,
  row: RuntimeRow | undefined,
  enabled: ReadonlySet<string>,
  operations: ReadonlyArray<OperationRow>,
  now: DateTime.Utc
): ReadonlyArray<Block> => [
  ...ofLobby(game, row),
  ...ofVersion(game, row, enabled),
  ...(row !== undefined && inPlay.has(game.status) ? ofRuntime(row, operations, now) : [])
]
