/**
 * Fights that are tried out: the engine's own battle between ships of two sides, again and again with other random
 * numbers.
 */
import type { ForeignClass } from "@galaxy/contract/engine/Report"
import { fight } from "@galaxy/engine/battle/fight"
import { attackOf, defenceOf, emptyMass } from "@galaxy/engine/formulas/ships"
import { logOf } from "@galaxy/engine/formulas/shot"
import * as Random from "@galaxy/engine/random/Random"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import type { Design, Techs } from "../report/why/ship.ts"

/** Equal ships of one side, without a load. */
export interface SimulatedShips {
  readonly design: Design
  readonly techs: Techs
  readonly ships: number
}

/** How the fights went so far. A fight without a winner left ships on both sides, or on neither. */
export interface FightOdds {
  readonly fights: number
  readonly won: number
  readonly lost: number
  /** Ships that are left on average. */
  readonly mineLeft: number
  readonly theirsLeft: number
}

export interface Simulation {
  readonly odds: () => FightOdds
  readonly isDone: () => boolean
  /** Fights once more. */
  readonly next: () => void
}

type Foe = Pick<ForeignClass, "race" | "name">

/** What tells a class of others from all the others. */
export const foeKey = ({ race, name }: Foe): string => `${race}/${name}`

/** The class that was chosen, wherever it stands in the list now; without one, and where it isn't there, the first. */
export const chosenFoe = <F extends Foe>(foes: ReadonlyArray<F>, chosen: string | undefined): F | undefined =>
  foes.find((it) => foeKey(it) === chosen) ?? foes[0]

/** Most ships of a side that can be tried out. */
export const maxSimulatedShips = 1_000
/** Most fights, and most shots of one fight and of all of them. */
export const maxFights = 200
const maxShotsAFight = 60_000
const maxShots = 2_000_000

/** The same seed gives the same fights. Both sides are at war with each other. */
export const simulation = (
  ruleset: Ruleset,
  mine: SimulatedShips,
  theirs: SimulatedShips,
  seed: string
): Simulation => {
  const sides = [mine, theirs].map(({ design, techs, ships }, side) => ({
    side,
    ships: Math.max(0, Math.min(maxSimulatedShips, Math.floor(ships))),
    guns: design.armament,
    logAttack: logOf(ruleset, attackOf(design, techs)),
    logDefence: logOf(ruleset, defenceOf(ruleset, design, techs, emptyMass(design)))
  }))
  const random = Random.make(seed, "simulator")
  let [fights, won, lost, mineLeft, theirsLeft, shots] = [0, 0, 0, 0, 0, 0]
  return {
    odds: () => ({
      fights,
      won,
      lost,
      mineLeft: fights === 0 ? 0 : mineLeft / fights,
      theirsLeft: fights === 0 ? 0 : theirsLeft / fights
    }),
    isDone: () => fights >= maxFights || shots >= maxShots,
    next: () => {
      const outcome = fight(random, sides, [[1], [0]], {
        rounds: ruleset.battleRounds,
        shots: maxShotsAFight,
        shotsWithoutLoss: maxShotsAFight
      })
      const [one = 0, other = 0] = outcome?.left ?? sides.map(({ ships }) => ships)
      fights++
      shots += outcome?.spent ?? 0
      if (one > 0 && other === 0) won++
      if (other > 0 && one === 0) lost++
      mineLeft += one
      theirsLeft += other
    }
  }
}
