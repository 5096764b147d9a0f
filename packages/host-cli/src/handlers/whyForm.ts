/** What the command line reads of why a game makes its next turn when it does, or makes none. */
import type { Seen } from "../client/form.ts"
import type { AnswerOf } from "../operations/types.ts"

/** What is read of the answer. A server of another release may say less. */
export const whyForm = {
  "game_name?": "text",
  "status?": "text",
  "visibility?": "text",
  "current_turn?": "number",
  "next_turn_at?": "time",
  "asked_for?": "flag",
  "turn_schedule?": "text",
  "time_zone?": "text",
  "decision?": { text: "text" },
  "last_turn?": { turn: "number", "due_at?": "time", finished_at: "time", took_ms: "number" },
  "engine?": {
    "version?": "text",
    "version_enabled?": "flag",
    "state?": "text",
    "game_state_in?": "text",
    "health?": "text",
    "last_observed_at?": "time"
  },
  "orders?": {
    players: "number",
    given: "number",
    "awaited?": [{ race_name: "text", missed_turns: "number" }],
    "reminded_after?": "number",
    "removed_after?": "number",
    "absence_action?": "text"
  },
  "blocks?": [{ code: "text", "message?": "text", "acts?": "text", "since?": "time", "until?": "time" }]
} as const

/** What was read. */
export type Known = Seen<typeof whyForm>
/** The same, and whose it is. */
export type Why = Known & { readonly game_id: string }
/** One thing that is in the way. */
export type Block = NonNullable<Known["blocks"]>[number]

type Read<A extends Known> = A
/** The contract's answer, which can be read: else this is a type error. */
export type ContractsAnswer = Read<AnswerOf<"adminGames.why">>
