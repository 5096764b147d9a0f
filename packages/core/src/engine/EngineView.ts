/** Between a game's rows and what its engine is told and answers. */
import type { EngineStatus } from "@galaxy/contract/engine/Admin"
import type { GameId } from "@galaxy/contract/ids/Ids"
import { Effect } from "effect"
import type { PlayerStanding } from "../lobby/membership/MembershipStore.ts"
import type { EngineSpec } from "./EngineHost.ts"
import { EngineUnreachable } from "../runtime/RuntimeError.ts"
import type { RuntimeRow, Seat } from "../runtime/RuntimeStore.ts"

export const specOf = (row: RuntimeRow): EngineSpec => ({
  gameId: row.game_id,
  imageRef: row.image_ref ?? "",
  version: row.engine_version ?? ""
})

/** How the game's players stand, if the answer is about this game, this turn and all of its players. */
export const standings = (
  status: EngineStatus,
  gameId: GameId,
  turn: number,
  seats: ReadonlyArray<Seat>
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
