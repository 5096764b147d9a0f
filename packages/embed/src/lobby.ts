/** The lobby for programs: the same steps, checks and JSON as at the REST surface for players. */
import type { CreateGame as CreateGameSchema, Game as GameSchema } from "@galaxy/contract/api/UserLobby"

/** Settings of a new game, as in `POST /api/v1/user/lobby/games`. */
export type CreateGame = typeof CreateGameSchema.Encoded

/** A game as players see it. */
export type LobbyGame = typeof GameSchema.Encoded

/** Steps that a player takes with a game of theirs. Each rejects with `CallRefused` where a player would be refused. */
export interface Lobby {
  /** Creates a private game in `draft`, owned by the player. */
  create(userId: string, settings: CreateGame): Promise<LobbyGame>
  get(userId: string, gameId: string): Promise<LobbyGame>
  openEnrollment(userId: string, gameId: string): Promise<LobbyGame>
  readyToStart(userId: string, gameId: string): Promise<LobbyGame>
  start(userId: string, gameId: string): Promise<LobbyGame>
  pause(userId: string, gameId: string): Promise<LobbyGame>
  resume(userId: string, gameId: string): Promise<LobbyGame>
  cancel(userId: string, gameId: string): Promise<LobbyGame>
}

/** A player would be refused: `code` and `reason` are those of the REST surface (docs/reference/errors.md). */
export class CallRefused extends Error {
  override readonly name = "CallRefused"
  readonly code: string
  readonly reason: string | undefined

  constructor(code: string, message: string, reason?: string) {
    super(message)
    this.code = code
    this.reason = reason
  }
}
