/**
 * A race's report of a turn: one field per section. Numbers are rounded half up to two decimals.
 *
 * A section is added as a new field and never changes its meaning, so that older readers keep reading.
 */
import { Schema } from "effect"
import { GameId } from "../ids/Ids.ts"
import { OrderOutcome } from "./Order.ts"

/** One number per technology, and per block of a ship. */
const levels = {
  drive: Schema.Finite,
  weapons: Schema.Finite,
  shields: Schema.Finite,
  cargo: Schema.Finite
}

export const GalaxySummary = Schema.Struct({
  turn: Schema.Int,
  /** Side of the square whose opposite edges are joined. */
  size: Schema.Finite,
  planets: Schema.Int,
  /** Races still in. */
  players: Schema.Int
})
export type GalaxySummary = typeof GalaxySummary.Type

export const RaceVotes = Schema.Struct({
  race: Schema.String,
  own: Schema.Finite,
  voting_for: Schema.String,
  received: Schema.Finite
})
export type RaceVotes = typeof RaceVotes.Type

export const Alliance = Schema.Struct({ members: Schema.Array(Schema.String), votes: Schema.Finite })
export type Alliance = typeof Alliance.Type

export const Votes = Schema.Struct({
  /** Whom the reader of the report votes for. */
  voting_for: Schema.String,
  own: Schema.Finite,
  races: Schema.Array(RaceVotes),
  alliances: Schema.Array(Alliance),
  total: Schema.Finite,
  /** What a race or an alliance needs to win. */
  needed: Schema.Finite
})
export type Votes = typeof Votes.Type

export const PlayerStatus = Schema.Struct({
  name: Schema.String,
  ...levels,
  population: Schema.Finite,
  industry: Schema.Finite,
  planets: Schema.Int,
  /** The reader's attitude to this race, `war` or `peace`; absent for the reader's own line. */
  relation: Schema.optionalKey(Schema.Literals(["war", "peace"])),
  votes_received: Schema.Finite,
  extinct: Schema.Boolean,
  /** Turns until this race is removed for giving no orders; shown early to itself, late to everybody. */
  turns_left: Schema.optionalKey(Schema.Int)
})
export type PlayerStatus = typeof PlayerStatus.Type

/** Shares of a planet's production points, with a sum of 1. */
export const OwnScience = Schema.Struct({ name: Schema.String, ...levels })
export type OwnScience = typeof OwnScience.Type

export const ForeignScience = Schema.Struct({ race: Schema.String, ...OwnScience.fields })
export type ForeignScience = typeof ForeignScience.Type

export const OwnClass = Schema.Struct({
  name: Schema.String,
  drive: Schema.Finite,
  /** Number of guns. */
  armament: Schema.Int,
  weapons: Schema.Finite,
  shields: Schema.Finite,
  cargo: Schema.Finite,
  /** Of the empty ship. */
  mass: Schema.Finite
})
export type OwnClass = typeof OwnClass.Type

export const ForeignClass = Schema.Struct({ race: Schema.String, ...OwnClass.fields })
export type ForeignClass = typeof ForeignClass.Type

/** Identical ships in a battle. */
export const BattleGroup = Schema.Struct({
  /** Place in the battle's list of groups, from 0: shots refer to it. */
  index: Schema.Int,
  race: Schema.String,
  ships: Schema.Int,
  class: Schema.String,
  ...levels,
  /** `COL`, `CAP`, `MAT`, or `-`. */
  goods: Schema.String,
  /** Load of one ship. */
  load: Schema.Finite,
  ships_left: Schema.Int,
  /** `In_Battle` or `Out_Battle`: ships that nobody there was at war with, or that were being upgraded. */
  state: Schema.String
})
export type BattleGroup = typeof BattleGroup.Type

/** Equal shots one after another. */
export const Shot = Schema.Struct({
  attacker: Schema.Int,
  target: Schema.Int,
  destroyed: Schema.Boolean,
  count: Schema.Int
})
export type Shot = typeof Shot.Type

/** All shots of one group at another in the whole battle. */
export const ShotTotal = Schema.Struct({
  attacker: Schema.Int,
  target: Schema.Int,
  shots: Schema.Int,
  destroyed: Schema.Int
})
export type ShotTotal = typeof ShotTotal.Type

export const Battle = Schema.Struct({
  planet: Schema.Int,
  /** Name of the planet, where the reader can see it; else its number. */
  name: Schema.String,
  /** Before the flight, or after it. */
  when: Schema.Literals(["before_flight", "after_flight"]),
  groups: Schema.Array(BattleGroup),
  rounds: Schema.Int,
  /** Shots that could have destroyed something. */
  shots: Schema.Int,
  /** What happened, from the first shot on. */
  protocol: Schema.Array(Shot),
  /** Lines of the protocol that were left out for its length; `totals` has their shots. */
  omitted: Schema.Int,
  totals: Schema.Array(ShotTotal)
})
export type Battle = typeof Battle.Type

export const Bombing = Schema.Struct({
  bomber: Schema.String,
  owner: Schema.String,
  planet: Schema.Int,
  name: Schema.String,
  /** The planet before it. */
  population: Schema.Finite,
  industry: Schema.Finite,
  production: Schema.String,
  capital: Schema.Finite,
  materials: Schema.Finite,
  colonists: Schema.Finite,
  power: Schema.Finite,
  /** `Damaged` or `Wiped`. */
  result: Schema.String,
  destroyed_population: Schema.Finite,
  destroyed_industry: Schema.Finite,
  destroyed_colonists: Schema.Finite,
  /** Who has the planet after it; absent when nobody does. */
  new_owner: Schema.optionalKey(Schema.String)
})
export type Bombing = typeof Bombing.Type

/** A foreign group on its way to one of the reader's planets. */
export const ApproachingGroup = Schema.Struct({
  origin: Schema.Int,
  destination: Schema.Int,
  distance: Schema.Finite,
  speed: Schema.Finite,
  /** Of all its ships with their loads. */
  mass: Schema.Finite
})
export type ApproachingGroup = typeof ApproachingGroup.Type

export const OwnPlanet = Schema.Struct({
  number: Schema.Int,
  name: Schema.String,
  x: Schema.Finite,
  y: Schema.Finite,
  size: Schema.Finite,
  population: Schema.Finite,
  industry: Schema.Finite,
  resources: Schema.Finite,
  production: Schema.String,
  capital: Schema.Finite,
  materials: Schema.Finite,
  colonists: Schema.Finite,
  /** Production points that the planet can spend next turn. */
  free_points: Schema.Finite
})
export type OwnPlanet = typeof OwnPlanet.Type

/** Ships in production. */
export const Yard = Schema.Struct({
  planet: Schema.Int,
  name: Schema.String,
  class: Schema.String,
  /** Points that one ship costs, without the ore. */
  price: Schema.Finite,
  /** Points kept from earlier turns. */
  banked: Schema.Finite,
  free_points: Schema.Finite
})
export type Yard = typeof Yard.Type

/** Routes that begin at a planet: by what they carry, the number of the planet where they end. */
export const CargoRoutes = Schema.Struct({
  planet: Schema.Int,
  name: Schema.String,
  capital: Schema.optionalKey(Schema.Int),
  materials: Schema.optionalKey(Schema.Int),
  colonists: Schema.optionalKey(Schema.Int),
  empty: Schema.optionalKey(Schema.Int)
})
export type CargoRoutes = typeof CargoRoutes.Type

export const ForeignPlanet = Schema.Struct({ owner: Schema.String, ...OwnPlanet.fields })
export type ForeignPlanet = typeof ForeignPlanet.Type

export const UninhabitedPlanet = Schema.Struct({
  number: Schema.Int,
  name: Schema.String,
  x: Schema.Finite,
  y: Schema.Finite,
  size: Schema.Finite,
  resources: Schema.Finite,
  capital: Schema.Finite,
  materials: Schema.Finite
})
export type UninhabitedPlanet = typeof UninhabitedPlanet.Type

export const UnknownPlanet = Schema.Struct({ number: Schema.Int, x: Schema.Finite, y: Schema.Finite })
export type UnknownPlanet = typeof UnknownPlanet.Type

/** Where ships are: at `destination` when `distance` is absent, else on their way there from `origin`. */
const course = {
  destination: Schema.Int,
  origin: Schema.optionalKey(Schema.Int),
  distance: Schema.optionalKey(Schema.Finite),
  speed: Schema.Finite
}

export const Fleet = Schema.Struct({
  /** Place in the list, from 1. */
  number: Schema.Int,
  name: Schema.String,
  groups: Schema.Int,
  ...course,
  /** `In_Orbit` or `In_Space`. */
  state: Schema.String
})
export type Fleet = typeof Fleet.Type

const ships = {
  ships: Schema.Int,
  class: Schema.String,
  ...levels,
  /** `COL`, `CAP`, `MAT`, or `-`. */
  goods: Schema.String,
  /** Of one ship. */
  load: Schema.Finite,
  /** Of one ship with its load. */
  mass: Schema.Finite
}

export const OwnGroup = Schema.Struct({
  number: Schema.Int,
  ...ships,
  ...course,
  fleet: Schema.optionalKey(Schema.String),
  state: Schema.String
})
export type OwnGroup = typeof OwnGroup.Type

/** A foreign group at a planet; where it is going isn't seen. */
export const ForeignGroup = Schema.Struct({
  race: Schema.String,
  ...ships,
  destination: Schema.Int,
  speed: Schema.Finite
})
export type ForeignGroup = typeof ForeignGroup.Type

export const UnidentifiedGroup = Schema.Struct({ x: Schema.Finite, y: Schema.Finite })
export type UnidentifiedGroup = typeof UnidentifiedGroup.Type

/**
 * Why a number of the reader's own is what it is: changes in the order in which they came. All changes of one `what`
 * of one subject add up to the difference between two reports, but for rounding.
 */
export const Change = Schema.Struct({
  /** `planet`, `race` or `group`. */
  subject: Schema.String,
  /** Number of the planet or group; absent for the race. */
  number: Schema.optionalKey(Schema.Int),
  /** The changed number: `population`, `industry`, `drive`, `ships`, … */
  what: Schema.String,
  before: Schema.Finite,
  after: Schema.Finite,
  /** `growth`, `bombing`, `route`, … */
  cause: Schema.String
})
export type Change = typeof Change.Type

export const Report = Schema.Struct({
  game_id: GameId,
  race: Schema.String,
  turn: Schema.Int,
  finished: Schema.Boolean,
  winners: Schema.Array(Schema.String),
  summary: GalaxySummary,
  votes: Votes,
  players: Schema.Array(PlayerStatus),
  my_sciences: Schema.Array(OwnScience),
  foreign_sciences: Schema.Array(ForeignScience),
  my_classes: Schema.Array(OwnClass),
  foreign_classes: Schema.Array(ForeignClass),
  battles: Schema.Array(Battle),
  bombings: Schema.Array(Bombing),
  approaching_groups: Schema.Array(ApproachingGroup),
  my_planets: Schema.Array(OwnPlanet),
  yards: Schema.Array(Yard),
  routes: Schema.Array(CargoRoutes),
  foreign_planets: Schema.Array(ForeignPlanet),
  uninhabited_planets: Schema.Array(UninhabitedPlanet),
  unknown_planets: Schema.Array(UnknownPlanet),
  my_fleets: Schema.Array(Fleet),
  my_groups: Schema.Array(OwnGroup),
  foreign_groups: Schema.Array(ForeignGroup),
  unidentified_groups: Schema.Array(UnidentifiedGroup),
  changes: Schema.Array(Change),
  /** The race's orders that made this turn, as they fared. */
  orders: Schema.Array(OrderOutcome)
})
export type Report = typeof Report.Type
