/**
 * The life of a game as data: which action leads from which states to which, and who may cause it.
 *
 * `finished` and `cancelled` are final. All decisions about states in the lobby are made here.
 */
import type { GameStatus } from "@galaxy/contract/api/UserLobby"

interface Transition {
  readonly from: ReadonlyArray<GameStatus>
  readonly to: GameStatus
  /**
   * The owner (administrators for a public game), or the runtime: when the engine is up, could not be started, or has
   * ended.
   */
  readonly by: "owner" | "runtime"
}

/**
 * Every way for a game to change state. `report_…` and `finish` come from the runtime, all others from the owner (for a
 * public game: from administrators).
 */
export type GameAction =
  | "open_enrollment"
  | "ready_to_start"
  | "start"
  | "retry_start"
  | "pause"
  | "resume"
  | "cancel"
  | "report_running"
  | "report_start_failed"
  | "finish"

/** The state machine: for each action the states it may be taken in, the state it leads to, and who takes it. */
export const transitions: Readonly<Record<GameAction, Transition>> = {
  open_enrollment: { from: ["draft"], to: "enrollment_open", by: "owner" },
  ready_to_start: { from: ["enrollment_open"], to: "ready_to_start", by: "owner" },
  start: { from: ["ready_to_start"], to: "starting", by: "owner" },
  retry_start: { from: ["start_failed"], to: "ready_to_start", by: "owner" },
  pause: { from: ["running"], to: "paused", by: "owner" },
  resume: { from: ["paused"], to: "running", by: "owner" },
  cancel: {
    from: ["draft", "enrollment_open", "ready_to_start", "starting", "start_failed", "running", "paused"],
    to: "cancelled",
    by: "owner"
  },
  report_running: { from: ["starting"], to: "running", by: "runtime" },
  report_start_failed: { from: ["starting"], to: "start_failed", by: "runtime" },
  // The last turn may have been under way when the owner paused.
  finish: { from: ["running", "paused"], to: "finished", by: "runtime" }
}

/** The state that the action leads to from this one; `undefined` where it isn't allowed. */
export const after = (status: GameStatus, action: GameAction): GameStatus | undefined => {
  const transition = transitions[action]
  return transition.from.includes(status) ? transition.to : undefined
}

/** States in which the owner may issue invites. */
export const inviting: ReadonlyArray<GameStatus> = ["draft", "enrollment_open", "ready_to_start"]

/** States that no action leaves. */
export const terminal: ReadonlyArray<GameStatus> = ["finished", "cancelled"]

/**
 * How many places of a game are taken: by members, and by computer players, who are part of it from the beginning.
 */
export const placesTaken = (game: { readonly member_count: number; readonly computer_players: number }): number =>
  game.member_count + game.computer_players

/** States in which a game has an engine, or is about to get one. */
export const inPlay: ReadonlyArray<GameStatus> = ["starting", "running", "paused"]
