/** Why a planet has so many points, and what comes of them and of its people in the turn. */
import type { OwnPlanet } from "@galaxy/contract/engine/Report"
import { grow } from "@galaxy/engine/formulas/growth"
import {
  capitalToIndustry,
  freePoints,
  makeCapital,
  makeMaterials,
  researched
} from "@galaxy/engine/formulas/production"
import { build } from "@galaxy/engine/formulas/yard"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { type Technology, technologies } from "@galaxy/engine/state/technologies"
import { type Figure, figure, formula, step, type Step, term } from "./formula.ts"
import { billedMass, type KnownOfOwner, type Ore, oreWith, returnedFigures } from "./ore.ts"
import { newOf } from "./technologyTerms.ts"

/** Production points of a turn. */
export const pointsFigure = (ruleset: Ruleset, planet: OwnPlanet): Figure =>
  figure(
    "points",
    [
      step(
        "points",
        freePoints(ruleset, planet),
        formula`${ruleset.industryWeight} × ${term(planet.industry, "industry")} + ${ruleset.populationWeight} × ${term(planet.population, "population")}`
      )
    ],
    "rounded"
  )

const capitalSteps = (ruleset: Ruleset, planet: OwnPlanet, ore: Ore): ReadonlyArray<Step> => {
  const { pointsPerCapital: price } = ruleset
  const { free_points: points, resources, capital } = planet
  const { value: materials } = ore
  const made = makeCapital(ruleset, { capital, materials }, resources, points)
  const fromStock = materials - made.materials
  const mined = made.capital - capital - fromStock
  const stock = step("fromStock", fromStock, formula`min ( ${term(points, "points")} ÷ ${price} , ${ore.term} )`)
  if (resources <= 0) return [...ore.steps, { ...stock, of: "newCapital" }]
  return [
    ...ore.steps,
    stock,
    step(
      "mined",
      mined,
      formula`( ${term(points, "points")} − ${price} × ${term(fromStock, "fromStock")} ) ÷ ( ${price} + ${1} ÷ ${term(resources, "resources")} )`
    ),
    step("newCapital", fromStock + mined, formula`${term(fromStock, "fromStock")} + ${term(mined, "mined")}`)
  ]
}

/** Levels of one technology from a share of the points. */
const researchStep = (ruleset: Ruleset, technology: Technology, points: number, share: number): Step =>
  step(
    newOf[technology],
    researched(ruleset, technology, points * share),
    formula`${term(points, "points")} ${share === 1 ? [] : formula`× ${term(share, "share")}`} ÷ ${ruleset.pointsPerTechLevel[technology]}`
  )

const shipSteps = (ruleset: Ruleset, planet: OwnPlanet, ore: Ore, mass: number, banked: number): Figure => {
  const { free_points: points, resources } = planet
  const { value: materials } = ore
  const billed = billedMass(ruleset, mass)
  const available = points + banked
  const built = build(ruleset, mass, resources, materials, available)
  const count = Math.max(1, built.ships)
  const missing = Math.max(0, count * billed - materials)
  const cost = ruleset.pointsPerMass * count * billed + (missing > 0 && resources > 0 ? missing / resources : 0)
  const mining =
    resources > 0
      ? formula`+ max ( ${0} , ${term(count, "ships")} × ${term(billed, "emptyMass")} − ${ore.term} ) ÷ ${term(resources, "resources")}`
      : []
  const bill = step(
    "bill",
    cost,
    formula`${ruleset.pointsPerMass} × ${term(count, "ships")} × ${term(billed, "emptyMass")} ${mining}`
  )
  const all = step("cost", available, formula`${term(points, "points")} + ${term(banked, "banked")}`)
  const kept = step(
    "kept",
    built.banked,
    formula`${term(available, "cost")} ${built.ships === 0 ? [] : formula`− ${term(cost, "bill")}`}`
  )
  const steps = [...ore.steps, all, bill, kept]
  const note = built.ships > 0 ? [] : missing > 0 && resources <= 0 ? (["noOre"] as const) : (["hullNotPaid"] as const)
  return { of: "shipsBuilt", value: built.ships, steps, ...(note.length === 0 ? {} : { notes: note }) }
}

const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase()

const madeFigures = (ruleset: Ruleset, planet: OwnPlanet, known: KnownOfOwner, ore: Ore): ReadonlyArray<Figure> => {
  const { production: product, free_points: points, resources } = planet
  if (same(product, "CAP")) return [figure("newCapital", capitalSteps(ruleset, planet, ore))]
  if (same(product, "MAT")) {
    const made = makeMaterials(planet, resources, points).materials - planet.materials
    return [
      figure("newMaterials", [
        step("newMaterials", made, formula`${term(points, "points")} × ${term(resources, "resources")}`)
      ])
    ]
  }
  const technology = technologies.find((it) => same(it, product))
  const science = known.my_sciences.find(({ name }) => same(name, product))
  const share = (it: Technology) =>
    technology === it ? 1 : technology === undefined && science !== undefined ? science[it] : 0
  const fields = technologies.filter((it) => share(it) > 0)
  if (fields.length > 0) {
    return fields.map((it) => {
      const made = researchStep(ruleset, it, points, share(it))
      // A science's shares are told to two decimals.
      return figure(made.of, [made], ...(share(it) === 1 ? [] : (["rounded"] as const)))
    })
  }
  const name = product.replace(/^SHIP /i, "")
  const design = known.my_classes.find((it) => same(it.name, name))
  if (design === undefined)
    return [{ of: "shipsBuilt", value: 0, steps: [], notes: [product === "-" ? "noProduct" : "unknownClass"] }]
  // How many ships there will be depends on points that only the owner sees.
  if (known.yards === undefined) return [{ of: "shipsBuilt", value: 0, steps: [], notes: ["bankedUnknown"] }]
  // Points for ships of one class are lost when the planet turns to another.
  const yard = known.yards.find((it) => it.planet === planet.number && same(it.class, name))
  return [shipSteps(ruleset, planet, ore, design.mass, yard?.banked ?? 0)]
}

/** What comes of its product, and of what it gives up for it; `known` is what is known of its owner. */
export const productFigures = (ruleset: Ruleset, planet: OwnPlanet, known: KnownOfOwner): ReadonlyArray<Figure> => {
  const ore = oreWith(ruleset, planet, known)
  return [...returnedFigures(ruleset, planet, ore), ...madeFigures(ruleset, planet, known, ore)]
}

/** People, those who are frozen, and industry, after the turn. */
export const growthFigures = (ruleset: Ruleset, planet: OwnPlanet, known: KnownOfOwner): ReadonlyArray<Figure> => {
  const { population, size, colonists, industry, capital } = planet
  const { value: materials } = oreWith(ruleset, planet, known)
  const growth = ruleset.populationGrowth * population
  const room = Math.max(0, size - population)
  const grown = grow(ruleset, planet)
  const made = same(planet.production, "CAP")
    ? makeCapital(ruleset, { capital, materials }, planet.resources, planet.free_points).capital
    : capital
  const after = capitalToIndustry({ capital: made, industry, population: grown.population })
  const growthStep = step("growth", growth, formula`${ruleset.populationGrowth} × ${term(population, "population")}`)
  const roomStep = step("room", room, formula`${term(size, "size")} − ${term(population, "population")}`)
  return [
    figure("newPopulation", [
      growthStep,
      roomStep,
      step(
        "newPopulation",
        grown.population,
        formula`${term(population, "population")} + min ( ${term(growth, "growth")} , ${term(room, "room")} )`
      )
    ]),
    figure("newColonists", [
      step(
        "newColonists",
        grown.colonists,
        formula`${term(colonists, "colonists")} + max ( ${0} , ${term(growth, "growth")} − ${term(room, "room")} ) ÷ ${ruleset.peoplePerColonist}`
      )
    ]),
    figure("newIndustry", [
      step(
        "newIndustry",
        after.industry,
        formula`min ( ${term(industry, "industry")} + ${term(made, "capital")} , ${term(grown.population, "newPopulation")} )`
      )
    ])
  ]
}

/** All figures of a planet that the reader sees whole. */
export const planetFigures = (ruleset: Ruleset, planet: OwnPlanet, known: KnownOfOwner): ReadonlyArray<Figure> => [
  pointsFigure(ruleset, planet),
  ...productFigures(ruleset, planet, known),
  ...growthFigures(ruleset, planet, known),
  ...(ruleset.populationPerVote === null
    ? []
    : [
        figure("votes", [
          step(
            "votes",
            planet.population / ruleset.populationPerVote,
            formula`${term(planet.population, "population")} ÷ ${ruleset.populationPerVote}`
          )
        ])
      ])
]
