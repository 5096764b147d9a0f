/** How the players of a game stand, as reported by its engine. */
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import type { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { EngineUnreachable } from "./EngineError.ts"

/** How one player stands after a turn. */
export interface PlayerStanding {
  readonly userId: UserId
  readonly planets: number
  readonly population: number
  readonly eliminated: boolean
  /** The highest and the first values so far. Derived from `planets` and `population` when absent. */
  readonly maxPlanets?: number
  readonly maxPopulation?: number
  readonly initialPlanets?: number
  readonly initialPopulation?: number
}

/** A player of the game, and the id by which the engine knows them. */
export interface SeatedPlayer {
  /** Null for a seat that the engine has played from the start: it has no standing. */
  readonly userId: UserId | null
  readonly enginePlayerId: EnginePlayerId
}

/**
 * How the game's players stand. Fails with `EngineUnreachable` if the engine's answer is about another game or turn, or
 * lacks one of the players.
 */
export const standings = (
  status: EngineStatus,
  gameId: GameId,
  turn: number,
  seats: ReadonlyArray<SeatedPlayer>
): Effect.Effect<ReadonlyArray<PlayerStanding>, EngineUnreachable> => {
  const wrong = (reason: string) => Effect.fail(new EngineUnreachable({ reason }))
  if (status.game_id !== gameId) return wrong("the engine answered about another game")
  if (status.turn !== turn) return wrong(`the engine answered about turn ${status.turn} instead of ${turn}`)
  const players = new Map(status.players.map((it) => [it.player_id, it]))
  const standings: Array<PlayerStanding> = []
  for (const seat of seats) {
    const player = players.get(seat.enginePlayerId)
    if (player === undefined) return wrong("the engine's galaxy has other players")
    if (seat.userId === null) continue
    standings.push({
      userId: seat.userId,
      planets: player.planets,
      population: player.population,
      eliminated: player.eliminated,
      maxPlanets: player.max_planets,
      maxPopulation: player.max_population,
      initialPlanets: player.initial_planets,
      initialPopulation: player.initial_population
    })
  }
  return Effect.succeed(standings)
}
