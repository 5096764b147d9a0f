/** Order P: what a planet makes from the coming turn on. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { oreReturned } from "../formulas/yard.ts"
import { type Draft, type DraftPlanet, type DraftRace, explain, type Production, setPlanet } from "../state/Draft.ts"
import { keyOfTyped } from "./keyOf.ts"
import { classPrefix, commonProducts } from "./products.ts"
import { type OrderResult, type OrderRefusal, refuse } from "./Refusal.ts"
import { ownPlanet } from "./subjects.ts"

const productionNamed = (race: DraftRace, named: string | undefined): Result.Result<Production, OrderRefusal> => {
  if (named === undefined) return refuse("unknown_product", "a product is needed")
  const name = named.trim()
  const common = commonProducts.get(name.toUpperCase())
  if (common !== undefined) return Result.succeed(common)
  const onlyClass = name.toUpperCase().startsWith(classPrefix)
  const key = keyOfTyped(onlyClass ? name.slice(classPrefix.length) : name)
  const science = onlyClass ? undefined : race.sciences.get(key)
  if (science !== undefined) return Result.succeed({ kind: "science", science })
  const design = race.designs.get(key)
  return design === undefined
    ? refuse("unknown_product", `${name} is neither a product nor one of your sciences or ship classes`)
    : Result.succeed({ kind: "ships", design, banked: 0 })
}

const isSame = (one: Production | null, other: Production): boolean => {
  if (one?.kind !== other.kind) return false
  switch (one.kind) {
    case "ships":
      return other.kind === "ships" && one.design === other.design
    case "science":
      return other.kind === "science" && one.science === other.science
    case "research":
      return other.kind === "research" && one.technology === other.technology
    default:
      return true
  }
}

/** Gives up the hull under construction: its materials come back, its points are lost. */
const dropHull = (draft: Draft, planet: DraftPlanet): void => {
  if (planet.production?.kind !== "ships") return
  const { design, banked } = planet.production
  const { materials, resources } = planet
  const ore = oreReturned(draft.ruleset, design.mass, resources, materials, banked)
  setPlanet(draft, planet, "materials", materials + ore, "production_change")
  explain(draft, planet.owner, "planet", planet.number, "banked", banked, 0, "production_change")
}

/**
 * Order P: sets an own planet's product; the present one again changes nothing. Points banked for an unfinished ship
 * are lost, and its materials come back as `oreReturned` says.
 */
export const produce = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownPlanet(draft, race, order.planet), (planet) =>
    Result.map(productionNamed(race, order.product), (production) => {
      if (isSame(planet.production, production)) return
      dropHull(draft, planet)
      planet.production = production
    })
  )
