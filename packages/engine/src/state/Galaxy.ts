/**
 * The whole state of a game after a turn. Plain immutable data: what isn't here doesn't exist for the rules.
 *
 * Races are known by their index, planets by their number; planet n stands at index n - 1. Groups, ship classes and
 * sciences belong to a race and are known by their number or name in it. Stocks are never negative, and
 * industry ≤ population ≤ size on every planet.
 */
import { computerLevels, rulesetNames } from "@galaxy/contract/engine/Admin"
import { GameId, EnginePlayerId } from "@galaxy/contract/ids/Ids"
import { Schema } from "effect"
import { Memory } from "../bot/Memory.ts"
import { goodsKinds, removalReasons } from "./kinds.ts"
import { technologies } from "./technologies.ts"

const amount = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))
const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** What a planet makes. */
export const Product = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["capital", "materials"]) }),
  Schema.Struct({ kind: Schema.Literal("research"), technology: Schema.Literals(technologies) }),
  Schema.Struct({ kind: Schema.Literal("science"), science: Schema.String }),
  /** `banked`: points that earlier turns put into the ship that isn't finished. */
  Schema.Struct({ kind: Schema.Literal("ships"), class: Schema.String, banked: amount })
])
export type Product = typeof Product.Type

/** A number for each technology: levels of a race, levels built into a ship, or shares of a science. */
export const Levels = Schema.Struct({ drive: amount, weapons: amount, shields: amount, cargo: amount })
export type Levels = typeof Levels.Type

/** Numbers of the planets where routes from a planet end, by what they carry. */
export const Routes = Schema.Struct({
  colonists: Schema.optionalKey(count),
  capital: Schema.optionalKey(count),
  materials: Schema.optionalKey(count),
  empty: Schema.optionalKey(count)
})
export type Routes = typeof Routes.Type

/** A planet after a turn. Frozen people are its `colonists`; they don't count as population. */
export const Planet = Schema.Struct({
  number: count,
  name: Schema.String,
  x: amount,
  y: amount,
  size: amount,
  /** Units of materials that one production point mines. */
  resources: amount,
  /** Index of a race; null for nobody. */
  owner: Schema.NullOr(count),
  population: amount,
  industry: amount,
  capital: amount,
  materials: amount,
  colonists: amount,
  /** Null exactly where nobody owns the planet. */
  production: Schema.NullOr(Product),
  routes: Routes
})
export type Planet = typeof Planet.Type

/** A design; its numbers never change (rules, section 11). */
export const ShipClass = Schema.Struct({
  name: Schema.String,
  drive: amount,
  /** Number of guns. */
  armament: count,
  /** Calibre of each gun. */
  weapons: amount,
  shields: amount,
  cargo: amount
})
export type ShipClass = typeof ShipClass.Type

/** A named mix of research: shares of a planet's points, which sum to 1. */
export const Science = Schema.Struct({ name: Schema.String, ...Levels.fields })
export type Science = typeof Science.Type

/** Identical ships in one place. Between turns they are in orbit or in space. */
export const Group = Schema.Struct({
  number: count,
  /** Name of the owner's ship class. */
  class: Schema.String,
  ships: count,
  techs: Levels,
  goods: Schema.NullOr(Schema.Literals(goodsKinds)),
  /** Units of cargo in one ship. */
  load: amount,
  /** Number of the planet where it is, or from which it came. */
  at: count,
  /** Number of the planet to which it flies; null in orbit. */
  to: Schema.NullOr(count),
  /** Light years that are left. */
  distance: amount,
  fleet: Schema.NullOr(Schema.String)
})
export type Group = typeof Group.Type

/** A race that the engine plays itself: how well, and what its bot remembers. */
export const Computer = Schema.Struct({ level: Schema.Literals(computerLevels), memory: Memory })
export type Computer = typeof Computer.Type

/** A race after a turn. A removed race keeps its index, without planets and ships. */
export const Race = Schema.Struct({
  name: Schema.String,
  player_id: EnginePlayerId,
  /** Set once: nobody comes back. */
  removed: Schema.NullOr(Schema.Struct({ turn: count, reason: Schema.Literals(removalReasons) })),
  techs: Levels,
  classes: Schema.Array(ShipClass),
  sciences: Schema.Array(Science),
  /** By ascending number. */
  groups: Schema.Array(Group),
  /** Index of the race it votes for, as it was ordered; `election` decides whom that means. */
  votes_for: count,
  /** Indices of the races it is at peace with, ascending; war with all others. */
  peace_with: Schema.Array(count),
  /** Turns in a row without orders. */
  idle_turns: count,
  /** It has quit and given no other order since. */
  quitting: Schema.Boolean,
  /** Its planets and population at turn 0, and the most it had at the end of any turn. */
  initial_planets: count,
  initial_population: amount,
  max_planets: count,
  max_population: amount,
  /** Absent where people give the orders. */
  computer: Schema.optionalKey(Computer)
})
export type Race = typeof Race.Type

/** A game after turn `turn`. The seed is secret: whoever knows it can foresee what chance decides. */
export const Galaxy = Schema.Struct({
  game_id: GameId,
  ruleset: Schema.Literals(rulesetNames),
  seed: Schema.String,
  turn: count,
  /** Side of the square. */
  size: amount,
  finished: Schema.Boolean,
  /** Indices of races, ascending. */
  winners: Schema.Array(count),
  races: Schema.Array(Race),
  planets: Schema.Array(Planet)
})
export type Galaxy = typeof Galaxy.Type
