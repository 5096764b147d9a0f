/** What a planet can make and what comes of it next turn, by the engine's own formulas. */
import type { OwnPlanet, Report } from "@galaxy/contract/engine/Report"
import { makeCapital, makeMaterials, researched } from "@galaxy/engine/formulas/production"
import { emptyMass } from "@galaxy/engine/formulas/ships"
import { build } from "@galaxy/engine/formulas/yard"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { type GivenUp, givenUp } from "../report/givenUp.ts"
import type { Intents } from "./intents.ts"

const technologies = ["drive", "weapons", "shields", "cargo"] as const

/** A technology, as the rules name it. */
export type Technology = (typeof technologies)[number]

/** Something that a planet can make. `product` is its name in an order. */
export type Option =
  | { readonly _tag: "capital" | "materials"; readonly product: string }
  | { readonly _tag: "research"; readonly product: string; readonly technology: Technology }
  | {
      readonly _tag: "science"
      readonly product: string
      readonly name: string
      readonly share: Readonly<Record<Technology, number>>
    }
  | { readonly _tag: "ships"; readonly product: string; readonly name: string; readonly mass: number }

/** What comes of a turn's points. */
export type Outcome =
  | { readonly _tag: "capital" | "materials"; readonly amount: number }
  /** Levels added to each technology. */
  | { readonly _tag: "research"; readonly levels: Readonly<Record<Technology, number>> }
  | { readonly _tag: "ships"; readonly ships: number; readonly kept: number; readonly price: number }

const common: ReadonlyArray<Option> = [
  { _tag: "capital", product: "CAP" },
  { _tag: "materials", product: "MAT" },
  ...technologies.map((technology): Option => ({ _tag: "research", product: technology.toUpperCase(), technology }))
]

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** All that the race can make, with the classes and sciences of the draft. Ships come first: they are wanted most. */
export const optionsOf = (report: Report, intents: Intents): ReadonlyArray<Option> => {
  const total = (it: Partial<Record<Technology, number>>) => technologies.reduce((sum, key) => sum + (it[key] ?? 0), 0)
  const sciences = [
    ...report.my_sciences,
    ...intents.sciences.flatMap((it) => (it.name === undefined ? [] : [{ ...it, name: it.name }]))
  ].map((it): Option & { _tag: "science" } => {
    const all = total(it) || 1
    const part = (key: Technology) => (it[key] ?? 0) / all
    const share = { drive: part("drive"), weapons: part("weapons"), shields: part("shields"), cargo: part("cargo") }
    return { _tag: "science", product: it.name, name: it.name, share }
  })
  const taken = (name: string) =>
    sciences.some((it) => same(it.name, name)) || common.some(({ product }) => same(product, name))
  const designed = intents.classes.flatMap((it) =>
    it.name === undefined
      ? []
      : [
          {
            name: it.name,
            mass: emptyMass({
              drive: it.drive ?? 0,
              armament: it.armament ?? 0,
              weapons: it.weapons ?? 0,
              shields: it.shields ?? 0,
              cargo: it.cargo ?? 0
            })
          }
        ]
  )
  const ships = [...report.my_classes, ...designed].map(
    ({ name, mass }): Option => ({ _tag: "ships", product: taken(name) ? `SHIP ${name}` : name, name, mass })
  )
  return [...ships, ...common, ...sciences]
}

/** The option that an order or a report names; undefined for `-` and for what isn't known. */
export const optionOf = (options: ReadonlyArray<Option>, product: string): Option | undefined =>
  options.find((it) => same(it.product, product)) ??
  options.find((it) => it._tag === "ships" && same(`SHIP ${it.name}`, product))

const yardOf = (report: Report, planet: OwnPlanet) => report.yards.find((it) => it.planet === planet.number)

/** The hull that is given up for an option, if any. */
export const lossOf = (ruleset: Ruleset, report: Report, planet: OwnPlanet, next: Option): GivenUp | undefined =>
  givenUp(ruleset, report, planet, next._tag === "ships" ? next.name : undefined)

/**
 * What comes of making something for a turn, as far as the report tells. Ore of a hull that is given up for it is there
 * to be used, and isn't told as made.
 */
export const outcomeOf = (ruleset: Ruleset, report: Report, planet: OwnPlanet, option: Option): Outcome => {
  const { free_points: points, resources } = planet
  const stock = { ...planet, materials: planet.materials + (lossOf(ruleset, report, planet, option)?.ore ?? 0) }
  switch (option._tag) {
    case "capital": {
      const made = makeCapital(ruleset, stock, resources, points)
      return { _tag: "capital", amount: made.capital - planet.capital }
    }
    case "materials": {
      const made = makeMaterials(stock, resources, points)
      return { _tag: "materials", amount: made.materials - stock.materials }
    }
    case "research":
    case "science": {
      const share = (key: Technology) =>
        option._tag === "science" ? option.share[key] : option.technology === key ? 1 : 0
      const added = (key: Technology) => researched(ruleset, key, points * share(key))
      const levels = {
        drive: added("drive"),
        weapons: added("weapons"),
        shields: added("shields"),
        cargo: added("cargo")
      }
      return { _tag: "research", levels }
    }
    case "ships": {
      const yard = yardOf(report, planet)
      const banked = yard !== undefined && same(yard.class, option.name) ? yard.banked : 0
      const built = build(ruleset, option.mass, resources, stock.materials, points + banked)
      return { _tag: "ships", ships: built.ships, kept: built.banked, price: ruleset.pointsPerMass * option.mass }
    }
  }
}
