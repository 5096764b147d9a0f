/** The turn's log: events while it was made. Reports take from it what the state doesn't hold. */
import { OrderOutcome } from "@galaxy/contract/engine/Order"
import { Schema } from "effect"
import { goodsKinds, removalReasons } from "../state/kinds.ts"
import { Levels } from "../state/Galaxy.ts"
import { technologies } from "../state/technologies.ts"

const race = Schema.Int
const number = Schema.Finite

const changedNumbers = ["population", "industry", ...goodsKinds, "banked", "ships", "load", ...technologies] as const
/** Numbers whose changes are logged. `banked` means points in an unfinished ship, `load` the cargo of one ship. */
export type ChangedNumber = (typeof changedNumbers)[number]

/** Why a number changed. */
const causes = [
  "removal",
  "order",
  "split",
  "merge",
  "gift",
  "dismantling",
  "loading",
  "unloading",
  "upgrade",
  "route",
  "battle",
  "bombing",
  "ship_building",
  "production_change",
  "production",
  "research",
  "thaw",
  "growth",
  "freezing",
  "settling",
  "stock_to_industry"
] as const
/** Why a number changed. Stored logs hold these words, so one that was used can't be renamed. */
export type Cause = (typeof causes)[number]

/** One change of a number. Changes of the same number form a chain: each begins where the one before it ended. */
export const ChangeEvent = Schema.Struct({
  kind: Schema.Literal("change"),
  /** Whose number it is; null for that of a planet without an owner. */
  race: Schema.NullOr(race),
  subject: Schema.Literals(["planet", "race", "group"]),
  /** Of the planet or group. */
  number: Schema.optionalKey(Schema.Int),
  what: Schema.Literals(changedNumbers),
  before: number,
  after: number,
  cause: Schema.Literals(causes)
})
export type ChangeEvent = typeof ChangeEvent.Type

const BattleSide = Schema.Struct({
  race,
  class: Schema.String,
  techs: Levels,
  goods: Schema.NullOr(Schema.Literals(goodsKinds)),
  load: number,
  ships: Schema.Int,
  left: Schema.Int,
  fights: Schema.Boolean
})

/** One battle with all groups that were at the planet. The protocol and totals name groups by their position here. */
export const BattleEvent = Schema.Struct({
  kind: Schema.Literal("battle"),
  when: Schema.Literals(["before_flight", "after_flight"]),
  planet: Schema.Int,
  name: Schema.String,
  /** Races that see it, ascending. */
  witnesses: Schema.Array(race),
  groups: Schema.Array(BattleSide),
  rounds: Schema.Int,
  shots: Schema.Int,
  /** Present where a bound of the ruleset ended the battle before it was decided. */
  cut_short: Schema.optionalKey(Schema.Literal(true)),
  /** Equal shots in a row, as attacker, target, destroyed (1 or 0) and their number. */
  protocol: Schema.Array(Schema.Tuple([Schema.Int, Schema.Int, Schema.Int, Schema.Int])),
  /** Lines that the bounded protocol leaves out. */
  omitted: Schema.Int,
  /** Attacker, target, shots, destroyed. */
  totals: Schema.Array(Schema.Tuple([Schema.Int, Schema.Int, Schema.Int, Schema.Int]))
})
export type BattleEvent = typeof BattleEvent.Type

/** One race's bombing of one planet, with the planet's numbers before it. */
export const BombingEvent = Schema.Struct({
  kind: Schema.Literal("bombing"),
  bomber: race,
  owner: race,
  planet: Schema.Int,
  name: Schema.String,
  witnesses: Schema.Array(race),
  /** Names of the bomber's classes that took part. */
  classes: Schema.Array(Schema.String),
  power: number,
  population: number,
  industry: number,
  production: Schema.String,
  capital: number,
  materials: number,
  colonists: number,
  destroyed_population: number,
  destroyed_industry: number,
  destroyed_colonists: number,
  wiped: Schema.Boolean,
  new_owner: Schema.NullOr(race)
})
export type BombingEvent = typeof BombingEvent.Type

/** An entry of the log: a race left, an order was judged, the game ended, a number changed, or there was fighting. */
export const TurnEvent = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("removed"), race, reason: Schema.Literals(removalReasons) }),
  Schema.Struct({ kind: Schema.Literal("order"), race, outcome: OrderOutcome }),
  Schema.Struct({ kind: Schema.Literal("finished"), winners: Schema.Array(race) }),
  ChangeEvent,
  BattleEvent,
  BombingEvent
])
export type TurnEvent = typeof TurnEvent.Type
