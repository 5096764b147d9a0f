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
  "oreReturned",
  "oreToUse",
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

const operators = ["+", "−", "×", "÷", "(", ")", ",", "²", "√", "∛", "log₄", "min", "max", "⌈", "⌉"] as const
/** `min`, `max`, roots and the logarithm to base 4 stand before a bracket; `⌈` and `⌉` round up. */
export type Operator = (typeof operators)[number]

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
  "bankedUnknown",
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

export const term = (value: number, of: Quantity, who?: string): Term =>
  who === undefined ? { value, of } : { value, of, who }

const isOperator = (text: string): text is Operator => operators.some((it) => it === text)

/**
 * Tokens as one writes them: operators with spaces between them, and in each gap a term, a constant of the rules, or the
 * tokens of a part.
 */
export const formula = (
  texts: TemplateStringsArray,
  ...parts: ReadonlyArray<number | Term | ReadonlyArray<Token>>
): ReadonlyArray<Token> =>
  texts.flatMap((text, index): ReadonlyArray<Token> => {
    const part = parts[index]
    const before = text.split(/\s+/).filter(isOperator)
    if (part === undefined) return before
    if (typeof part === "number") return [...before, { value: part }]
    return [...before, ...("value" in part ? [part] : part)]
  })

/** Terms with a plus between them. */
export const sum = (terms: ReadonlyArray<Term>): ReadonlyArray<Token> =>
  terms.flatMap((it, index): ReadonlyArray<Token> => (index === 0 ? [it] : ["+", it]))

export const step = (of: Quantity, value: number, tokens: ReadonlyArray<Token>): Step => ({ of, value, tokens })

/** A figure whose value is that of its last step. */
export const figure = (of: Quantity, steps: ReadonlyArray<Step>, ...more: ReadonlyArray<Note>): Figure => ({
  of,
  value: steps.at(-1)?.value ?? 0,
  steps,
  ...(more.length === 0 ? {} : { notes: more })
})
