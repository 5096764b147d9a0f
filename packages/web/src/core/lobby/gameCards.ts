/** The list of a player's games, ordered by what needs the player first. */
import type { Answer } from "@galaxy/client/Calls"
import { DateTime } from "effect"

/** A game as the lobby lists it. */
export type Game = Answer<"lobby.my.games">["games"][number]

/**
 * What a game asks of its player: orders, a step of its owner, patience, or nothing any more. `owner` is a step that is
 * possible now: without enough players an owner waits like all others.
 */
export type Need = "orders" | "owner" | "waits" | "ended"

/** One game on the list. */
export interface GameCard {
  readonly game: Game
  readonly need: Need
  readonly mine: boolean
  /** The race that the player leads, while they do. */
  readonly race: string | undefined
  /** Unix milliseconds of the next turn. */
  readonly dueAt: number | undefined
  /** Seats that are taken, computer players included, and players that are missing before it can start. */
  readonly taken: number
  readonly missing: number
  /** Where a click leads: into the game once it is played, to its hall before. */
  readonly href: string
}

const needOf = (game: Game, mine: boolean, missing: number): Need => {
  switch (game.status) {
    case "finished":
    case "cancelled":
      return "ended"
    case "running": {
      const seat = game.membership
      return seat?.status === "active" && !seat.ready && (seat.orders ?? 0) === 0 ? "orders" : "waits"
    }
    case "start_failed":
    case "ready_to_start":
      return mine ? "owner" : "waits"
    case "draft":
    case "enrollment_open":
      return mine && missing === 0 ? "owner" : "waits"
    default:
      return "waits"
  }
}

const rank: Readonly<Record<Need, number>> = { orders: 0, owner: 1, waits: 2, ended: 3 }

/** States of a game in which its map is there for whoever plays in it. */
const played: ReadonlySet<Game["status"]> = new Set(["running", "paused", "finished"])

const cardOf = (game: Game, userId: string): GameCard => {
  const mine = game.owner_user_id === userId
  const active = game.membership?.status === "active"
  const taken = game.member_count + game.computer_players
  // A game of computer players alone can't start.
  const missing = Math.max(game.min_players - taken, game.member_count === 0 ? 1 : 0, 0)
  const hall = `/games/${game.game_id}`
  return {
    game,
    mine,
    need: needOf(game, mine, missing),
    race: active ? game.membership?.race_name : undefined,
    dueAt: game.next_turn_at === undefined ? undefined : DateTime.toEpochMillis(game.next_turn_at),
    taken,
    missing,
    href: active && played.has(game.status) ? `${hall}/map` : hall
  }
}

/** The cards of a player's games: those that need something first, the nearest turn first, then the newest game. */
export const gameCards = (games: ReadonlyArray<Game>, userId: string): ReadonlyArray<GameCard> =>
  games
    .map((game) => cardOf(game, userId))
    .toSorted(
      (a, b) =>
        rank[a.need] - rank[b.need] ||
        (a.dueAt ?? Number.MAX_SAFE_INTEGER) - (b.dueAt ?? Number.MAX_SAFE_INTEGER) ||
        (a.game.game_id < b.game.game_id ? 1 : -1)
    )
