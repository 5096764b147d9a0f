/**
 * What somebody may do with a game, by its state and by who they are: the lobby's own table, so that a button is shown
 * exactly where the server would accept what it does.
 */
import type { GameStatus } from "@galaxy/contract/api/UserLobby"
import type { Game } from "./Game.ts"

/** A step on a game or on its seats. */
export type Action =
  | "update"
  | "open_enrollment"
  | "ready_to_start"
  | "start"
  | "retry_start"
  | "pause"
  | "resume"
  | "cancel"
  | "issue_invite"
  | "end_membership"
  | "leave"
  | "submit_application"
  | "redeem_invite"

/** How a player stands to a game. */
export type Standing = "owner" | "member" | "invited" | "stranger"

const waiting: ReadonlyArray<GameStatus> = ["draft", "enrollment_open", "ready_to_start"]
const alive: ReadonlyArray<GameStatus> = [...waiting, "starting", "start_failed", "running", "paused"]

interface Rule {
  readonly from: ReadonlyArray<GameStatus>
  readonly by: "owner" | "anybody" | "member"
  readonly in?: Game["visibility"]
}

const rules: Readonly<Record<Action, Rule>> = {
  update: { from: alive, by: "owner" },
  open_enrollment: { from: ["draft"], by: "owner" },
  ready_to_start: { from: ["enrollment_open"], by: "owner" },
  start: { from: ["ready_to_start"], by: "owner" },
  retry_start: { from: ["start_failed"], by: "owner" },
  pause: { from: ["running"], by: "owner" },
  resume: { from: ["paused"], by: "owner" },
  cancel: { from: alive, by: "owner" },
  issue_invite: { from: waiting, by: "owner", in: "private" },
  end_membership: { from: alive, by: "owner" },
  leave: { from: alive, by: "member" },
  submit_application: { from: ["enrollment_open"], by: "anybody", in: "public" },
  redeem_invite: { from: waiting, by: "anybody", in: "private" }
}

/** What of a game the rules look at. */
export type GameFacts = Pick<Game, "status" | "visibility" | "runtime_status">

/** Who somebody is to the game, and whether they have a seat in it. */
export interface Me {
  readonly standing: Standing
  /** Whether they have an active seat; an owner may have one or not. */
  readonly seated: boolean
}

const mayTake = (rule: Rule, me: Me): boolean => {
  switch (rule.by) {
    case "owner":
      return me.standing === "owner"
    case "member":
      return me.seated
    case "anybody":
      return !me.seated
  }
}

/** Every action that somebody may take now. A game that an administrator has stopped can't be resumed. */
export const actionsOf = (game: GameFacts, me: Me): ReadonlySet<Action> => {
  const found = new Set<Action>()
  // To a stranger a private game doesn't exist.
  if (game.visibility === "private" && me.standing === "stranger") return found
  for (const [name, rule] of Object.entries(rules) as ReadonlyArray<[Action, Rule]>) {
    if (!rule.from.includes(game.status) || !mayTake(rule, me)) continue
    if (rule.in !== undefined && rule.in !== game.visibility) continue
    if (name === "resume" && game.runtime_status === "stopped") continue
    found.add(name)
  }
  return found
}

/** Who the player is to a game, by the game as the lobby shows it to them. */
export const meIn = (game: Pick<Game, "owner_user_id" | "membership">, userId: string, invited = false): Me => {
  const seated = game.membership?.status === "active"
  if (game.owner_user_id === userId) return { standing: "owner", seated }
  if (seated) return { standing: "member", seated }
  return { standing: invited ? "invited" : "stranger", seated }
}

/** How many seats are taken: by people, and by computer players, who are there from the beginning. */
export const seatsTaken = (game: Pick<Game, "member_count" | "computer_players">): number =>
  game.member_count + game.computer_players
