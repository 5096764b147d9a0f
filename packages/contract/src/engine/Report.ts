/**
 * A race's report of a turn: one field per section (rules, section 24). Fractions are rounded half up to two decimals;
 * distances are in light years, speeds in light years per turn.
 *
 * A new section is a new field, and no field ever changes its meaning, so older readers keep working.
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

/** The galaxy as a whole; the same in every race's report. */
export const GalaxySummary = Schema.Struct({
  turn: Schema.Int,
  /** Side of the map: a square whose opposite edges are joined. */
  size: Schema.Finite,
  planets: Schema.Int,
  /** Races that have not left. */
  players: Schema.Int
})
export type GalaxySummary = typeof GalaxySummary.Type

/** One race's votes. Every 1000 people on its planets are one vote; fractions count (rules, section 20). */
export const RaceVotes = Schema.Struct({
  race: Schema.String,
  own: Schema.Finite,
  /** A race's name; the own one by default. */
  voting_for: Schema.String,
  /** Sum of the own votes of all races that vote for this one. */
  received: Schema.Finite
})
export type RaceVotes = typeof RaceVotes.Type

/**
 * A ring of at least two races, each voting for the next. `votes` are the members' own; votes from outside don't count.
 */
export const Alliance = Schema.Struct({ members: Schema.Array(Schema.String), votes: Schema.Finite })
export type Alliance = typeof Alliance.Type

/** The state of the vote. All but the reader's own two numbers is the same in every report. */
export const Votes = Schema.Struct({
  /** The race that the reader of the report votes for. */
  voting_for: Schema.String,
  own: Schema.Finite,
  races: Schema.Array(RaceVotes),
  alliances: Schema.Array(Alliance),
  total: Schema.Finite,
  /** What a race or an alliance needs to win. */
  needed: Schema.Finite,
  /** The first turn after which votes can end the game; absent when the coming turn is not before it. */
  decides_from: Schema.optionalKey(Schema.Int)
})
export type Votes = typeof Votes.Type

/** One race as all others see it. A race that has left keeps its line, `extinct` and with zeroes. */
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
  /** Turns until this race is removed for giving no orders. Shown to others later than to the race itself. */
  turns_left: Schema.optionalKey(Schema.Int)
})
export type PlayerStatus = typeof PlayerStatus.Type

/** A science of the reader's: how it divides production points among the technologies. The shares add up to 1. */
export const OwnScience = Schema.Struct({ name: Schema.String, ...levels })
export type OwnScience = typeof OwnScience.Type

/** A science that is researched on a foreign planet where the reader has ships. */
export const ForeignScience = Schema.Struct({ race: Schema.String, ...OwnScience.fields })
export type ForeignScience = typeof ForeignScience.Type

/** A ship class: block sizes as designed, 0 for a block that the ships don't have. */
export const OwnClass = Schema.Struct({
  name: Schema.String,
  drive: Schema.Finite,
  /** Number of guns. */
  armament: Schema.Int,
  weapons: Schema.Finite,
  shields: Schema.Finite,
  cargo: Schema.Finite,
  /** Mass of the empty ship. */
  mass: Schema.Finite
})
export type OwnClass = typeof OwnClass.Type

/**
 * A foreign class that the reader saw this turn: in a visible group, a battle, a bombing, or a yard on a visited
 * planet.
 */
export const ForeignClass = Schema.Struct({ race: Schema.String, ...OwnClass.fields })
export type ForeignClass = typeof ForeignClass.Type

/** Identical ships of one race in a battle. */
export const BattleGroup = Schema.Struct({
  /** Place in the battle's list of groups, from 0; `attacker` and `target` of shots refer to it. */
  index: Schema.Int,
  race: Schema.String,
  /** How many there were before the battle. */
  ships: Schema.Int,
  class: Schema.String,
  ...levels,
  /** `COL`, `CAP`, `MAT`, or `-`. */
  goods: Schema.String,
  /** Load of one ship. */
  load: Schema.Finite,
  ships_left: Schema.Int,
  /** `In_Battle`, or `Out_Battle` for ships that had no enemies there or were being upgraded. */
  state: Schema.String
})
export type BattleGroup = typeof BattleGroup.Type

/** One line of a battle's protocol: `count` equal shots in a row. */
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

/**
 * A battle, as seen by every race with ships at the planet and by the planet's owner. Shots that can't destroy anything
 * are neither counted nor recorded.
 */
export const Battle = Schema.Struct({
  planet: Schema.Int,
  /** Name of the planet. */
  name: Schema.String,
  /** Before or after the ships of the turn fly. */
  when: Schema.Literals(["before_flight", "after_flight"]),
  groups: Schema.Array(BattleGroup),
  rounds: Schema.Int,
  /** How many shots could have destroyed their target. */
  shots: Schema.Int,
  /** True where the battle ended undecided because its share of the turn's shots, or another bound, was used up. */
  cut_short: Schema.optionalKey(Schema.Boolean),
  /** The course of the battle, from the first shot on. */
  protocol: Schema.Array(Shot),
  /** Lines left out at the end because the protocol was too long; `totals` includes their shots. */
  omitted: Schema.Int,
  /** In a very large battle, only the pairs of groups that met first. */
  totals: Schema.Array(ShotTotal),
  /**
   * Present in a very large battle: how many groups there were. Each line of `groups` then stands for all groups of one
   * race, class and technology, or where these are too many, of one race and class (`-` for several classes).
   */
  summed: Schema.optionalKey(Schema.Int)
})
export type Battle = typeof Battle.Type

/**
 * One race's bombing of one planet, as seen by its owner and by all who have ships there. Each further bomber has its
 * own line, with the values that the one before left.
 */
export const Bombing = Schema.Struct({
  bomber: Schema.String,
  owner: Schema.String,
  planet: Schema.Int,
  name: Schema.String,
  /** The planet's numbers before the bombing, down to `colonists`. */
  population: Schema.Finite,
  industry: Schema.Finite,
  /** What the planet was making, or `-`. */
  production: Schema.String,
  capital: Schema.Finite,
  materials: Schema.Finite,
  colonists: Schema.Finite,
  /** Of all the bomber's ships together (rules, section 17). */
  power: Schema.Finite,
  /** `Wiped` when nobody is left on the planet, else `Damaged`. */
  result: Schema.String,
  destroyed_population: Schema.Finite,
  destroyed_industry: Schema.Finite,
  destroyed_colonists: Schema.Finite,
  /** The planet's owner after the bombing; absent when it has none. */
  new_owner: Schema.optionalKey(Schema.String)
})
export type Bombing = typeof Bombing.Type

/** A foreign group in the reader's detection zone, on its way to one of the reader's planets. */
export const ApproachingGroup = Schema.Struct({
  /** Number of a planet, as is `destination`. */
  origin: Schema.Int,
  destination: Schema.Int,
  /** Left to fly. */
  distance: Schema.Finite,
  speed: Schema.Finite,
  /** Of all its ships with their loads. */
  mass: Schema.Finite
})
export type ApproachingGroup = typeof ApproachingGroup.Type

/** A planet of the reader's. */
export const OwnPlanet = Schema.Struct({
  number: Schema.Int,
  name: Schema.String,
  x: Schema.Finite,
  y: Schema.Finite,
  size: Schema.Finite,
  population: Schema.Finite,
  industry: Schema.Finite,
  /** Materials that one production point mines. */
  resources: Schema.Finite,
  /** What the planet makes, as a `produce` order names it, or `-`. */
  production: Schema.String,
  capital: Schema.Finite,
  materials: Schema.Finite,
  colonists: Schema.Finite,
  /** Production points that the planet can spend next turn. */
  free_points: Schema.Finite
})
export type OwnPlanet = typeof OwnPlanet.Type

/** One of the reader's planets that builds ships. */
export const Yard = Schema.Struct({
  planet: Schema.Int,
  name: Schema.String,
  class: Schema.String,
  /** Production points that one ship costs, without the materials for it. */
  price: Schema.Finite,
  /** Points already spent on the next ship in earlier turns. */
  banked: Schema.Finite,
  free_points: Schema.Finite
})
export type Yard = typeof Yard.Type

/** The routes that begin at a planet: for each kind of cargo, the number of the planet where the route ends. */
export const CargoRoutes = Schema.Struct({
  planet: Schema.Int,
  name: Schema.String,
  capital: Schema.optionalKey(Schema.Int),
  materials: Schema.optionalKey(Schema.Int),
  colonists: Schema.optionalKey(Schema.Int),
  empty: Schema.optionalKey(Schema.Int)
})
export type CargoRoutes = typeof CargoRoutes.Type

/** A foreign planet where the reader has ships. It shows all that its owner sees. */
export const ForeignPlanet = Schema.Struct({ owner: Schema.String, ...OwnPlanet.fields })
export type ForeignPlanet = typeof ForeignPlanet.Type

/** A planet without an owner where the reader has ships. */
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

/** Any other planet: neither the reader's nor visited by its ships. Position and number are always known. */
export const UnknownPlanet = Schema.Struct({ number: Schema.Int, x: Schema.Finite, y: Schema.Finite })
export type UnknownPlanet = typeof UnknownPlanet.Type

/**
 * Where ships are, by planet number: at `destination` when `distance` is absent, else on the way there from `origin`.
 */
const course = {
  destination: Schema.Int,
  origin: Schema.optionalKey(Schema.Int),
  distance: Schema.optionalKey(Schema.Finite),
  speed: Schema.Finite
}

/** A fleet of the reader's: groups that move together, at the speed of the slowest. */
export const Fleet = Schema.Struct({
  /** Place in the list, from 1. */
  number: Schema.Int,
  name: Schema.String,
  /** How many groups it has. */
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

/** A group of the reader's: identical ships in one place. In a fleet its speed is the fleet's. */
export const OwnGroup = Schema.Struct({
  /** The number that orders name the group by. */
  number: Schema.Int,
  ...ships,
  ...course,
  fleet: Schema.optionalKey(Schema.String),
  /** `In_Orbit` or `In_Space`. */
  state: Schema.String
})
export type OwnGroup = typeof OwnGroup.Type

/** A foreign group at one of the reader's planets or where the reader has ships. Orders to leave aren't seen. */
export const ForeignGroup = Schema.Struct({
  race: Schema.String,
  ...ships,
  destination: Schema.Int,
  speed: Schema.Finite
})
export type ForeignGroup = typeof ForeignGroup.Type

/** A foreign group in the reader's detection zone that is not on its way to one of the reader's planets. */
export const UnidentifiedGroup = Schema.Struct({ x: Schema.Finite, y: Schema.Finite })
export type UnidentifiedGroup = typeof UnidentifiedGroup.Type

/**
 * One change of one of the reader's own numbers, in the order in which they happened. All changes of one `what` of one
 * subject add up to the difference between two reports, apart from rounding.
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

/** How many lines each section doesn't show, because it would have more than its bound. */
export const LeftOut = Schema.Struct({
  foreign_sciences: Schema.optionalKey(Schema.Int),
  foreign_classes: Schema.optionalKey(Schema.Int),
  battles: Schema.optionalKey(Schema.Int),
  bombings: Schema.optionalKey(Schema.Int),
  approaching_groups: Schema.optionalKey(Schema.Int),
  my_fleets: Schema.optionalKey(Schema.Int),
  foreign_groups: Schema.optionalKey(Schema.Int),
  unidentified_groups: Schema.optionalKey(Schema.Int),
  changes: Schema.optionalKey(Schema.Int)
})
export type LeftOut = typeof LeftOut.Type

/**
 * Answer of `user.games.report` and of the engine's `GET /report`. It holds what the race may know (rules, section 18)
 * and nothing else.
 */
export const Report = Schema.Struct({
  game_id: GameId,
  race: Schema.String,
  turn: Schema.Int,
  finished: Schema.Boolean,
  /** Names of races; empty until the game is finished. */
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
  /** The orders that the race gave for this turn, each with its verdict. */
  orders: Schema.Array(OrderOutcome),
  /** Present when a section was shortened: only in games that are far larger than what play needs. */
  left_out: Schema.optionalKey(LeftOut)
})
export type Report = typeof Report.Type
