/** How strong a computer player is, as numbers and switches: nothing else in the bot asks for the level. */
import type { ComputerLevel } from "@galaxy/contract/engine/Admin"
import type { ShipClass } from "../state/Galaxy.ts"

/** What a level makes of a bot. */
export interface Skill {
  /** Share of grown planets that build warships, before the temperament changes it. */
  readonly armsShare: number
  /** The same while enemies are at its planets or on their way there. */
  readonly armsInDanger: number
  /** Share of the other grown planets that do research; the rest goes on making capital that nobody needs. */
  readonly researchShare: number
  /** From this turn on it attacks others. Before, it only defends itself. */
  readonly attacksFrom: number
  /** Share of a force that must be likely to outlast a fight before it is sent. */
  readonly caution: number
  /** How many settlers it builds at most. */
  readonly settlers: number
  /** Whether it brings old warships up to its technology. */
  readonly upgrades: boolean
  /** Whether it allies with another race by votes. */
  readonly allies: boolean
  readonly warships: readonly [ShipClass, ...ReadonlyArray<ShipClass>]
}

const cruiser: ShipClass = { name: "Warship", drive: 15, armament: 1, weapons: 15, shields: 15, cargo: 0 }
const sloop: ShipClass = { name: "Warship", drive: 10, armament: 4, weapons: 4, shields: 10, cargo: 0 }
const destroyer: ShipClass = { name: "Warship", drive: 6, armament: 1, weapons: 8, shields: 6, cargo: 0 }
const frigate: ShipClass = { name: "Warship", drive: 20, armament: 3, weapons: 10, shields: 20, cargo: 0 }

const skills: { readonly [Level in ComputerLevel]: Skill } = {
  easy: {
    armsShare: 0.3,
    armsInDanger: 0.4,
    researchShare: 0.25,
    attacksFrom: 40,
    caution: 0.8,
    settlers: 4,
    upgrades: false,
    allies: false,
    warships: [sloop, destroyer]
  },
  fair: {
    armsShare: 0.45,
    armsInDanger: 0.5,
    researchShare: 0.6,
    attacksFrom: 30,
    caution: 0.5,
    settlers: 10,
    upgrades: true,
    allies: true,
    warships: [cruiser, sloop, destroyer]
  },
  hard: {
    armsShare: 0.3,
    armsInDanger: 1,
    researchShare: 1,
    attacksFrom: 35,
    caution: 0.5,
    settlers: 30,
    upgrades: true,
    allies: true,
    warships: [cruiser, frigate]
  }
}

/** The skill of a level. */
export const skillOf = (level: ComputerLevel): Skill => skills[level]
