/** How a computer player plays: what differs from one to another, drawn once from a seed. */
import * as Random from "../random/Random.ts"
import type { ShipClass } from "../state/Galaxy.ts"

/** A builder does mostly research, a raider mostly builds warships, a diplomat makes peace and votes with others. */
export const temperaments = ["builder", "raider", "diplomat"] as const
/** One of `temperaments`; shown in the results of simulated games. */
export type Temperament = (typeof temperaments)[number]

/** What one bot does differently from another, the same throughout a game. */
export interface Style {
  readonly temperament: Temperament
  /** Share of its grown planets that build warships; the others do research. */
  readonly armsShare: number
  /** How many warships must gather before they attack. */
  readonly strike: number
  readonly warship: ShipClass
  /** Parts of its science. */
  readonly science: {
    readonly drive: number
    readonly weapons: number
    readonly shields: number
    readonly cargo: number
  }
}

const cruiser: ShipClass = { name: "Warship", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }

const warships: ReadonlyArray<ShipClass> = [
  cruiser,
  { name: "Warship", drive: 10, armament: 4, weapons: 4, shields: 10, cargo: 0 },
  { name: "Warship", drive: 6, armament: 1, weapons: 8, shields: 6, cargo: 0 }
]

/** The style drawn from a seed. A given temperament replaces the drawn one. */
export const styleOf = (seed: string, temperament?: Temperament): Style => {
  const random = Random.make(seed, "style")
  const drawn = temperaments[random.below(temperaments.length)] ?? "builder"
  const nature = temperament ?? drawn
  return {
    temperament: nature,
    armsShare: nature === "raider" ? 0.6 : nature === "builder" ? 0.35 : 0.25,
    strike: 4 + random.below(6),
    warship: warships[random.below(warships.length)] ?? cruiser,
    science: { drive: 3, weapons: 3 + random.below(3), shields: 3 + random.below(3), cargo: 1 }
  }
}
