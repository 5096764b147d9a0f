/** How a computer player plays: what differs from one to another, drawn once from a seed. */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import * as Random from "../random/Random.ts"
import type { ShipClass } from "../state/Galaxy.ts"
import { type Skill, skillOf } from "./level.ts"

/** A builder does mostly research, a raider mostly builds warships, a diplomat looks for an ally. */
export const temperaments = ["builder", "raider", "diplomat"] as const
/** One of `temperaments`; shown in the results of simulated games. */
export type Temperament = (typeof temperaments)[number]

/** What one bot does differently from another, the same throughout a game. */
export interface Style {
  readonly temperament: Temperament
  /** What its level makes of it. */
  readonly skill: Skill
  /** Share of its grown planets that build warships; the others do research. */
  readonly armsShare: number
  readonly warship: ShipClass
  /** Parts of its science. */
  readonly science: {
    readonly drive: number
    readonly weapons: number
    readonly shields: number
    readonly cargo: number
  }
}

const arms = { builder: 0.8, raider: 1.2, diplomat: 1 } as const

/** The style drawn from a seed. A given temperament replaces the drawn one. */
export const styleOf = (seed: string, level: ComputerLevel = "fair", temperament?: Temperament): Style => {
  const random = Random.make(seed, "style")
  const drawn = temperaments[random.below(temperaments.length)] ?? "builder"
  const nature = temperament ?? drawn
  const skill = skillOf(level)
  return {
    temperament: nature,
    skill,
    armsShare: skill.armsShare * arms[nature],
    warship: skill.warships[random.below(skill.warships.length)] ?? skill.warships[0],
    science: { drive: 3, weapons: 4 + random.below(2), shields: 4 + random.below(2), cargo: 1 }
  }
}
