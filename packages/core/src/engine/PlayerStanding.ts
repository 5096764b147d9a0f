/** How the players of a game stand, as its engine tells. */
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import type { EnginePlayerId, GameId, UserId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import { EngineUnreachable } from "./EngineError.ts"

/** How a player stands, as the engine last told. */
export interface PlayerStanding {
  readonly userId: UserId
  readonly planets: number
  readonly population: number
  readonly eliminated: boolean
  /** The most and the first ever seen; worked out from `planets` and `population` where the engine doesn't tell. */
  readonly maxPlanets?: number
  readonly maxPopulation?: number
  readonly initialPlanets?: number
  readonly initialPopulation?: number
}

/** A player of the game and the id that the engine knows them by. */
export interface SeatedPlayer {
  readonly userId: UserId
  readonly enginePlayerId: EnginePlayerId
}

/** How the game's players stand, if the answer is about this game, this turn and all of its players. */
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
