/**
 * A race's report of a turn: one field per section. Numbers are rounded half up to two decimals.
 *
 * A section is added as a new field and never changes its meaning, so that older readers keep reading.
 */
import { Schema } from "effect"
import { GameId } from "../ids/Ids.ts"
import { OrderOutcome } from "./Order.ts"

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
  drive: Schema.Finite,
  weapons: Schema.Finite,
  shields: Schema.Finite,
  cargo: Schema.Finite,
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

export const UnknownPlanet = Schema.Struct({ number: Schema.Int, x: Schema.Finite, y: Schema.Finite })
export type UnknownPlanet = typeof UnknownPlanet.Type

export const Report = Schema.Struct({
  game_id: GameId,
  race: Schema.String,
  turn: Schema.Int,
  finished: Schema.Boolean,
  winners: Schema.Array(Schema.String),
  summary: GalaxySummary,
  votes: Votes,
  players: Schema.Array(PlayerStatus),
  my_planets: Schema.Array(OwnPlanet),
  unknown_planets: Schema.Array(UnknownPlanet),
  /** The race's orders that made this turn, as they fared. */
  orders: Schema.Array(OrderOutcome)
})
export type Report = typeof Report.Type
