/**
 * Explanations of figures: a formula of the rules with the numbers put in. No words: quantities are keys, which a catalogue
 * names. A test computes every formula from what it shows and compares that with the engine.
 */

/** What a number stands for. */
export const quantities = [
  "armament",
  "attack",
  "banked",
  "bill",
  "bombers",
  "bombing",
  "capital",
  "cargoBlock",
  "cargoTech",
  "colonists",
  "cost",
  "damageColonists",
  "damageIndustry",
  "damagePopulation",
  "defence",
  "detection",
  "distance",
  "drive",
  "driveTech",
  "emptyMass",
  "fleetSpeed",
  "flight",
  "fromStock",
  "growth",
  "hold",
  "industry",
  "kept",
  "load",
  "mass",
  "materials",
  "mined",
  "newCapital",
  "newCargo",
  "newColonists",
  "newDrive",
  "newIndustry",
  "newMaterials",
  "newPopulation",
  "newShields",
  "newWeapons",
  "odds",
  "points",
  "population",
  "power",
  "price",
  "received",
  "researched",
  "resources",
  "room",
  "share",
  "shields",
  "shieldsTech",
  "ships",
  "shipsBuilt",
  "size",
  "speed",
  "speedFull",
  "totalVotes",
  "turns",
  "upgrade",
  "votes",
  "votesNeeded",
  "weapons",
  "weaponsMass",
  "weaponsTech"
] as const
export type Quantity = (typeof quantities)[number]

/** A number of a formula. Without `of` it is a constant of the rules; `who` names a race, a planet or a ship class. */
export interface Term {
  readonly value: number
  readonly of?: Quantity
  readonly who?: string
}

/** `min`, `max`, roots and the logarithm to base 4 stand before a bracket; `⌈` rounds up, `⌊` down. */
export type Operator =
  | "+"
  | "−"
  | "×"
  | "÷"
  | "("
  | ")"
  | ","
  | "²"
  | "√"
  | "∛"
  | "log₄"
  | "min"
  | "max"
  | "⌈"
  | "⌉"
  | "⌊"
  | "⌋"

export type Token = Term | Operator

/** One line: a quantity, what it comes from, and what it comes to. `who` tells lines of several apart. */
export interface Step {
  readonly of: Quantity
  readonly who?: string
  readonly tokens: ReadonlyArray<Token>
  readonly value: number
}

/** What has to be known besides the formula. */
export const notes = [
  "chanceBounds",
  "fleet",
  "hullNotPaid",
  "noOre",
  "noProduct",
  "noShields",
  "rounded",
  "unknownClass"
] as const
export type Note = (typeof notes)[number]

/** A figure with the steps that lead to it; the last one is the figure itself. */
export interface Figure {
  readonly of: Quantity
  readonly value: number
  readonly steps: ReadonlyArray<Step>
  readonly notes?: ReadonlyArray<Note>
}

/** A constant of the rules. */
export const constant = (value: number): Term => ({ value })

export const term = (value: number, of: Quantity, who?: string): Term =>
  who === undefined ? { value, of } : { value, of, who }

export const step = (of: Quantity, value: number, ...tokens: ReadonlyArray<Token>): Step => ({ of, value, tokens })

/** A figure whose value is that of its last step. */
export const figure = (of: Quantity, steps: ReadonlyArray<Step>, ...more: ReadonlyArray<Note>): Figure => ({
  of,
  value: steps.at(-1)?.value ?? 0,
  steps,
  ...(more.length === 0 ? {} : { notes: more })
})
