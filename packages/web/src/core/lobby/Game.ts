/** The lobby's things as the client has them, and the one way in which they are asked for. */
import type { Answer } from "@galaxy/client/Calls"
import type { Player } from "../session/Session.ts"

/** A game as the lobby shows it. */
export type Game = Answer<"lobby.games.get">
/** An invitation to a game. */
export type Invite = Answer<"lobby.my.invites">["invites"][number]
/** An application for a seat in a public game. */
export type Application = Answer<"lobby.my.applications">["applications"][number]
/** A seat of a player. */
export type Member = Answer<"lobby.memberships.list">["memberships"][number]
/** What a code is an invitation to. */
export type InviteLook = Answer<"lobby.invites.look">

/** Whoever can ask the server as a player. */
export type Caller = Pick<Player, "call">
