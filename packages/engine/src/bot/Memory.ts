/**
 * What a bot remembers from one turn to the next: planets that it no longer sees, who attacked it, and its target.
 *
 * It holds only what the bot's own reports said, and its size is bounded whatever happens in the game.
 */
import { Schema } from "effect"

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const amount = Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0))

/** Most planets that a bot remembers; those seen longest ago are forgotten first. */
export const maxSeen = 300

/** A foreign or uninhabited planet as it was last seen: number, turn, size, resources, owner, mass of armed ships. */
export const SeenPlanet = Schema.Tuple([count, count, amount, amount, Schema.NullOr(count), amount])
export type SeenPlanet = typeof SeenPlanet.Type

/** A bot's memory. Races are positions in the report's list of players, which never change during a game. */
export const Memory = Schema.Struct({
  /** By ascending number; at most `maxSeen`. */
  planets: Schema.Array(SeenPlanet),
  /** Race and the last turn in which it fought or bombed this one; by ascending race. */
  attacks: Schema.Array(Schema.Tuple([count, count])),
  /** The race that the bot wants to conquer, and the turn in which it chose so. */
  target: Schema.NullOr(Schema.Tuple([count, count]))
})
export type Memory = typeof Memory.Type

/** The memory of a bot that has seen nothing yet. */
export const blank: Memory = { planets: [], attacks: [], target: null }
