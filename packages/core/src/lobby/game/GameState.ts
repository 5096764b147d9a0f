/**
 * The life of a game as data: which action leads from which states to which, in which games, and who may take it.
 *
 * `finished` and `cancelled` are final. All decisions about states in the lobby are made here, by `verdict`.
 */
import type { GameStatus, Visibility } from "@galaxy/contract/api/UserLobby"

/**
 * How somebody stands to a game. `admin` is an administrator on the admin surface; `invited` may join a private game
 * and sees it; `stranger` has no part in it. `runtime` reports what became of the engine.
 */
export type Who = "owner" | "member" | "invited" | "stranger" | "admin" | "runtime"

interface Rule {
  readonly from: ReadonlyArray<GameStatus>
  /** The state it leads to; absent if it changes no state. */
  readonly to?: GameStatus
  /** `owner`: the owner of a private game, and administrators of a public one. */
  readonly by: "owner" | "admin" | "player" | "runtime"
  /** Games that know the action at all: in others it is a conflict for whoever sees the game. */
  readonly in?: typeof Visibility.Type
  /** An administrator may take it in every game. */
  readonly adminToo?: true
}

const waiting = ["draft", "enrollment_open", "ready_to_start"] as const
const everyState = [
  ...waiting,
  "starting",
  "start_failed",
  "running",
  "paused",
  "finished",
  "cancelled"
] as const satisfies ReadonlyArray<GameStatus>

/** The state machine. `report_…` and `finish` come from the runtime; all others are explicit actions of people. */
export const rules = {
  update: { from: [...waiting, "starting", "start_failed", "running", "paused"], by: "owner" },
  open_enrollment: { from: ["draft"], to: "enrollment_open", by: "owner" },
  ready_to_start: { from: ["enrollment_open"], to: "ready_to_start", by: "owner" },
  start: { from: ["ready_to_start"], to: "starting", by: "owner" },
  retry_start: { from: ["start_failed"], to: "ready_to_start", by: "owner" },
  pause: { from: ["running"], to: "paused", by: "owner" },
  /** Only while the runtime isn't stopped: then `force_start` brings the game up again. */
  resume: { from: ["paused"], to: "running", by: "owner" },
  cancel: {
    from: [...waiting, "starting", "start_failed", "running", "paused"],
    to: "cancelled",
    by: "owner",
    adminToo: true
  },
  /** From `paused` only while the runtime is stopped: then it brings the same game up again. */
  force_start: { from: [...waiting, "start_failed", "paused"], to: "starting", by: "admin" },
  /** A first start that is under way leads to `start_failed` instead. */
  force_stop: { from: ["starting", "running", "paused"], to: "paused", by: "admin" },
  ban_member: { from: everyState, by: "admin" },
  issue_invite: { from: waiting, by: "owner", in: "private" },
  redeem_invite: { from: waiting, by: "player", in: "private" },
  submit_application: { from: ["enrollment_open"], by: "player", in: "public" },
  approve_application: { from: ["enrollment_open", "ready_to_start"], by: "owner", in: "public" },
  /** An owner ends a player's membership. A player's own may be ended by themselves as well. */
  end_membership: { from: [...waiting, "starting", "start_failed", "running", "paused"], by: "owner" },
  report_running: { from: ["starting"], to: "running", by: "runtime" },
  report_start_failed: { from: ["starting"], to: "start_failed", by: "runtime" },
  // The last turn may have been under way when the owner paused.
  finish: { from: ["running", "paused"], to: "finished", by: "runtime" }
} as const satisfies Readonly<Record<string, Rule>>

/** Everything that can be done with a game, or with its seats. */
export type GameAction = keyof typeof rules

/** What the state machine knows of a game. */
export interface GameFacts {
  readonly status: GameStatus
  readonly visibility: typeof Visibility.Type
  /** Whether its runtime was stopped by an administrator or because its engine was lost. */
  readonly stopped: boolean
  /** Whether it has ever been in play. */
  readonly started: boolean
}

/** An action that is possible, with the state it leads to, or why it isn't. */
export type Verdict = { readonly to: GameStatus } | { readonly refused: "not_found" | "not_owner" | "wrong_state" }

const mayTake = (rule: Rule, game: GameFacts, who: Who): boolean => {
  switch (rule.by) {
    case "runtime":
      return who === "runtime"
    case "admin":
      return who === "admin"
    case "player":
      return who !== "admin" && who !== "runtime"
    case "owner":
      return who === "owner" || (who === "admin" && (rule.adminToo === true || game.visibility === "public"))
  }
}

/** Whether somebody may know that the game exists. */
export const isSeen = (game: Pick<GameFacts, "visibility">, who: Who): boolean =>
  game.visibility === "public" || who !== "stranger"

/** Whether the action fits the game's state, whoever takes it. */
const fits = (rule: Rule, action: GameAction, game: GameFacts): boolean => {
  if (!rule.from.includes(game.status)) return false
  if (action === "resume") return !game.stopped
  return action !== "force_start" || game.status !== "paused" || game.stopped
}

/** Where the action leads: a first start that is stopped has failed, since there is nothing to go on with. */
const targetOf = (rule: Rule, action: GameAction, game: GameFacts): GameStatus =>
  action === "force_stop" && game.status === "starting" && !game.started ? "start_failed" : (rule.to ?? game.status)

/**
 * What comes of an action. Whoever may not see the game gets `not_found`, whoever may see it but not act `not_owner`;
 * then the game's kind and state decide.
 */
export const verdict = (game: GameFacts, action: GameAction, who: Who): Verdict => {
  const rule: Rule = rules[action]
  if (!isSeen(game, who)) return { refused: "not_found" }
  if (rule.in !== undefined && rule.in !== game.visibility) return { refused: "wrong_state" }
  if (!mayTake(rule, game, who)) return { refused: "not_owner" }
  return fits(rule, action, game) ? { to: targetOf(rule, action, game) } : { refused: "wrong_state" }
}

/** States in which the owner may issue invites, and the invited may redeem them. */
export const inviting: ReadonlyArray<GameStatus> = rules.issue_invite.from

/** States that no action leaves. */
export const terminal: ReadonlyArray<GameStatus> = ["finished", "cancelled"]

/**
 * How many places of a game are taken: by members, and by computer players, who are part of it from the beginning.
 */
export const placesTaken = (game: { readonly member_count: number; readonly computer_players: number }): number =>
  game.member_count + game.computer_players

/** States in which a game has an engine, or is about to get one. */
export const inPlay: ReadonlyArray<GameStatus> = ["starting", "running", "paused"]
