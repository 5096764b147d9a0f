/** Bodies and answers of the engine's admin routes and of its probe (wire contract, section 4). */
import { Schema } from "effect"
import { int, label } from "../api/Fields.ts"
import { EnginePlayerId, GameId } from "../ids/Ids.ts"
import { Kept, OrderCounts } from "./Order.ts"
import { maxRaceName, maxRaces, maxSeedText, maxTurn } from "./Limits.ts"

/** Names of the rulesets: the sets of constants that a galaxy can be played with. The first one is the default. */
export const rulesetNames = ["plus", "ng-constants"] as const
/** `plus` is the game. `ng-constants` has the numbers of GalaxyNG, for comparison with its recorded cases. */
export type RulesetName = (typeof rulesetNames)[number]

/** Levels of computer players, the weakest first. */
export const computerLevels = ["easy", "fair", "hard"] as const
/** How strong a computer player is. A beginner beats an `easy` one. */
export type ComputerLevel = (typeof computerLevels)[number]

/**
 * Body of `init`. Repeated with the same game id it answers the same; another game id is a conflict. Two races may
 * share neither a name nor a player.
 */
export const InitRequest = Schema.Struct({
  game_id: GameId,
  /** All random numbers of the game derive from it, so whoever knows it can foresee the game. */
  seed: label(maxSeedText),
  options: Schema.optionalKey(Schema.Struct({ ruleset: Schema.optionalKey(Schema.Literals(rulesetNames)) })),
  /** Their order stays for the whole game. */
  races: Schema.Array(
    Schema.Struct({
      name: label(maxRaceName),
      player_id: EnginePlayerId,
      /** The engine plays this race itself. Nobody else can give it orders, and it never counts as idle. */
      computer: Schema.optionalKey(Schema.Boolean),
      /** Of a race that the engine plays; `fair` when absent. */
      computer_level: Schema.optionalKey(Schema.Literals(computerLevels))
    })
  ).check(Schema.isMinLength(1), Schema.isMaxLength(maxRaces))
})
export type InitRequest = typeof InitRequest.Type

/**
 * One race in numbers that aren't rounded. Once the race has left or is banished it is `eliminated`, and its present
 * planets, population and industry are 0.
 */
export const EnginePlayer = Schema.Struct({
  player_id: EnginePlayerId,
  race: Schema.String,
  planets: Schema.Int,
  population: Schema.Finite,
  industry: Schema.Finite,
  eliminated: Schema.Boolean,
  /** The highest number of all turns so far. */
  max_planets: Schema.Int,
  max_population: Schema.Finite,
  initial_planets: Schema.Int,
  initial_population: Schema.Finite,
  /** True where the engine plays the race; absent otherwise. */
  computer: Schema.optionalKey(Schema.Boolean)
})
export type EnginePlayer = typeof EnginePlayer.Type

/**
 * The constants that a game is played with: their names and values, as the engine has them. Values are numbers, words,
 * or null where a bound doesn't exist.
 */
export const GameRuleset = Schema.Struct({
  name: Schema.String,
  constants: Schema.JsonObject
})
export type GameRuleset = typeof GameRuleset.Type

/** Answer of `init`, `status`, `turn` and of calls about a race: the game after a turn, races in the order of `init`. */
export const EngineStatus = Schema.Struct({
  game_id: GameId,
  turn: int(0, maxTurn),
  finished: Schema.Boolean,
  /** Names of races; empty until the game is finished. */
  winners: Schema.Array(Schema.String),
  players: Schema.Array(EnginePlayer),
  /** Absent from engines that don't tell. */
  ruleset: Schema.optionalKey(GameRuleset)
})
export type EngineStatus = typeof EngineStatus.Type

/** Answer of `race/banish` and `race/computer`: the status, and what the call has left in the state. */
export const BanishAnswer = Schema.Struct({
  ...EngineStatus.fields,
  kept: Schema.optionalKey(Kept),
  counts: Schema.optionalKey(OrderCounts)
})
export type BanishAnswer = typeof BanishAnswer.Type

/** Body of `turn`: the turn to make. One that was made answers the same again; one beyond the next is a conflict. */
export const TurnRequest = Schema.Struct({ turn: int(0, maxTurn) })

/**
 * Body of `race/banish`, with the race's name in any case. The race leaves at the start of the next turn and can give
 * no more orders. Repeating the call changes nothing.
 */
export const BanishRequest = Schema.Struct({ race: label(maxRaceName) })

/**
 * Body of `race/computer`: the engine plays this race from the open turn on, in place of whoever did. Orders given for
 * that turn are dropped. Repeating the call changes nothing; an engine without computer players answers
 * `invalid_request` or `not_found`.
 */
export const ComputerRequest = Schema.Struct({
  race: label(maxRaceName),
  /** `fair` when absent. */
  computer_level: Schema.optionalKey(Schema.Literals(computerLevels))
})

/** Answer of `healthz`: the engine can read its state and serve. `version` is the engine's. */
export const Health = Schema.Struct({ status: Schema.Literal("ok"), version: Schema.String })
