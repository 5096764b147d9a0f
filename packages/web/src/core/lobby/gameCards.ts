/** The list of a player's games, ordered by what needs the player first. */
import type { Answer } from "@galaxy/client/Calls"
import { DateTime } from "effect"

/** A game as the lobby lists it. */
export type Game = Answer<"lobby.my.games">["games"][number]

/** What a game asks of its player: orders, a step of its owner, patience, or nothing any more. */
export type Need = "orders" | "owner" | "waits" | "ended"

/** One game on the list. */
export interface GameCard {
  readonly game: Game
  readonly need: Need
  readonly mine: boolean
  /** Unix milliseconds of the next turn. */
  readonly dueAt: number | undefined
}

const needOf = (game: Game, mine: boolean): Need => {
  switch (game.status) {
    case "finished":
    case "cancelled":
      return "ended"
    case "running": {
      const seat = game.membership
      return seat?.status === "active" && !seat.ready && (seat.orders ?? 0) === 0 ? "orders" : "waits"
    }
    case "draft":
    case "ready_to_start":
    case "start_failed":
    case "enrollment_open":
      return mine ? "owner" : "waits"
    default:
      return "waits"
  }
}

const rank: Readonly<Record<Need, number>> = { orders: 0, owner: 1, waits: 2, ended: 3 }

/** The cards of a player's games: those that need something first, the nearest turn first, then the newest game. */
export const gameCards = (games: ReadonlyArray<Game>, userId: string): ReadonlyArray<GameCard> =>
  games
    .map((game) => {
      const mine = game.owner_user_id === userId
      const dueAt = game.next_turn_at === undefined ? undefined : DateTime.toEpochMillis(game.next_turn_at)
      return { game, mine, need: needOf(game, mine), dueAt }
    })
    .toSorted(
      (a, b) =>
        rank[a.need] - rank[b.need] ||
        (a.dueAt ?? Number.MAX_SAFE_INTEGER) - (b.dueAt ?? Number.MAX_SAFE_INTEGER) ||
        (a.game.game_id < b.game.game_id ? 1 : -1)
    )
