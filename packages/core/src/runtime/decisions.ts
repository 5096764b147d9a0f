/** What the runtime has last decided about a game, in words for operators. */
import { DateTime } from "effect"
import type { RuntimeChange, RuntimeRow } from "./RuntimeRow.ts"

/** The columns that keep a decision. */
export const decided = (decision: string, now: DateTime.Utc): RuntimeChange => ({
  last_decision: decision.slice(0, 500),
  last_decision_at: DateTime.toDate(now)
})

/** What waits for room for its engine, which an operator can make. */
export const waitsForRoom = (what: "start" | "turn"): string => `the ${what} waits for room for its engine`

/** Whether the row's work waits for room. */
export const isWaitingForRoom = (row: RuntimeRow): boolean =>
  row.last_decision === waitsForRoom("start") || row.last_decision === waitsForRoom("turn")

/** How what an engine refused begins. Rows keep it: another beginning isn't known in those that were written before. */
const engineRefused = "the engine refused the "

/** What an engine that runs and answers has refused, and what becomes of it. */
export const refused = (what: "start" | "turn", then: string): string => `${engineRefused}${what}, which ${then}`

/** Whether the row's work was refused by its engine. */
export const isRefused = (row: RuntimeRow): boolean =>
  row.failure_reason !== null && row.last_decision?.startsWith(engineRefused) === true

/** What becomes of a start that was given up. Rows keep it. */
export const startOver = "is not tried again by itself"

/** Whether the last that was decided is that a start is given up. */
export const isStartOver = (row: RuntimeRow): boolean => row.last_decision?.endsWith(startOver) === true

/** Whether the last that was decided is that a start is given up, since the engine refused it. */
export const isStartRefused = (row: RuntimeRow): boolean =>
  row.failure_reason !== null && row.last_decision === refused("start", startOver)

/** A turn's new time after an outage. */
export const movedByOutage = (turn: number, minutes: number): string =>
  `turn ${turn} was moved: no backend was at work for ${minutes} minutes`

/** Whether the coming turn was moved by an outage. */
export const isMovedByOutage = (row: RuntimeRow): boolean =>
  row.last_decision?.startsWith(`turn ${row.current_turn + 1} was moved:`) === true
