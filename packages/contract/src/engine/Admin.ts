/** What the platform tells an engine about its game, and what it asks back. */
import { Schema } from "effect"
import { int, label } from "../api/Fields.ts"
import { EnginePlayerId, GameId } from "../ids/Ids.ts"
import { maxRaceName, maxRaces, maxSeedText, maxTurn } from "./Limits.ts"

/** Names of the sets of constants a galaxy can be played with. */
export const rulesetNames = ["plus", "ng-constants"] as const
export type RulesetName = (typeof rulesetNames)[number]

export const InitRequest = Schema.Struct({
  game_id: GameId,
  /** Everything that chance decides follows from it: who knows it can foresee the game. */
  seed: label(maxSeedText),
  options: Schema.optionalKey(Schema.Struct({ ruleset: Schema.optionalKey(Schema.Literals(rulesetNames)) })),
  /** In their order for the whole game. */
  races: Schema.Array(Schema.Struct({ name: label(maxRaceName), player_id: EnginePlayerId })).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(maxRaces)
  )
})
export type InitRequest = typeof InitRequest.Type

export const EnginePlayer = Schema.Struct({
  player_id: EnginePlayerId,
  race: Schema.String,
  planets: Schema.Int,
  population: Schema.Finite,
  industry: Schema.Finite,
  eliminated: Schema.Boolean,
  /** The best of all turns so far. */
  max_planets: Schema.Int,
  max_population: Schema.Finite,
  initial_planets: Schema.Int,
  initial_population: Schema.Finite
})
export type EnginePlayer = typeof EnginePlayer.Type

/** The game after a turn. Races in their order. */
export const EngineStatus = Schema.Struct({
  game_id: GameId,
  turn: int(0, maxTurn),
  finished: Schema.Boolean,
  winners: Schema.Array(Schema.String),
  players: Schema.Array(EnginePlayer)
})
export type EngineStatus = typeof EngineStatus.Type

/** The turn to make. */
export const TurnRequest = Schema.Struct({ turn: int(0, maxTurn) })

export const BanishRequest = Schema.Struct({ race: label(maxRaceName) })

export const Health = Schema.Struct({ status: Schema.Literal("ok"), version: Schema.String })
