/** The status that model engines answer: the same figures for every race. */
import type { InitRequest } from "@galaxy/contract/engine/Admin"
import type { GameId } from "@galaxy/contract/ids/Ids"

/** After this turn. Without races the game has never been created. */
export const modelStatus = (gameId: GameId, turn: number, races: InitRequest["races"] | undefined) => ({
  game_id: gameId,
  turn,
  finished: false,
  winners: [],
  players: races?.map((it) => ({
    player_id: it.player_id,
    race: it.name,
    planets: 1 + turn,
    population: 100,
    industry: 50,
    eliminated: false,
    max_planets: 1 + turn,
    max_population: 100,
    initial_planets: 1,
    initial_population: 100
  }))
})
