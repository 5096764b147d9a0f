/** Orders D and T: ship classes are designed, renamed and deleted. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { type Design, designOf, type Draft, type DraftRace, planetsOf } from "../state/Draft.ts"
import type { ShipClass } from "../state/Galaxy.ts"
import { maxArmament, maxClasses, maxMass } from "../rules/limits.ts"
import { keyOf } from "./keyOf.ts"
import { unmistakable } from "./lookAlikes.ts"
import { acceptClassName } from "./names.ts"
import { done, type OrderResult, type OrderRefusal, refuse } from "./Refusal.ts"
import { ownDesign } from "./subjects.ts"

const blocks = ["drive", "weapons", "shields", "cargo"] as const

/** The five numbers of a design, or what is wrong with them. */
const componentsOf = (order: Order): Result.Result<Omit<ShipClass, "name">, OrderRefusal> => {
  const { drive, armament, weapons, shields, cargo } = order
  if (
    drive === undefined ||
    armament === undefined ||
    weapons === undefined ||
    shields === undefined ||
    cargo === undefined
  ) {
    return refuse("bad_component", "a design needs five numbers: drive, armament, weapons, shields and cargo")
  }
  // Adding 0 turns -0 into 0: state files have no negative zero.
  const components = {
    drive: drive + 0,
    armament: armament + 0,
    weapons: weapons + 0,
    shields: shields + 0,
    cargo: cargo + 0
  }
  for (const block of blocks) {
    const size = components[block]
    if (size < 0 || (size > 0 && size < 1)) return refuse("bad_component", `${block} must be 0 or at least 1`)
  }
  if (!Number.isInteger(armament) || armament < 0 || armament > maxArmament) {
    return refuse("bad_component", `armament must be a whole number up to ${maxArmament}`)
  }
  if ((armament === 0) !== (weapons === 0)) {
    return refuse("guns_without_calibre", "armament and weapons must both be 0 or both be above 0")
  }
  const { mass } = designOf({ name: "", ...components })
  if (mass === 0) return refuse("empty_design", "at least one block of a ship must be above 0")
  if (mass > maxMass) return refuse("bad_component", `the mass of a ship must be at most ${maxMass}`)
  return Result.succeed(components)
}

/** Names of the race's classes, without that of one of them. */
const namesBut = (race: DraftRace, design?: Design): ReadonlyArray<string> =>
  [...race.designs.values()].flatMap((it) => (it === design ? [] : [it.name]))

/** Order D with five numbers: adds a ship class under a free name, at most `maxClasses` for a race. */
export const designClass = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(acceptClassName(order.name, draft.ruleset.nameLength), (name): OrderResult => {
    if (race.designs.has(keyOf(name))) return refuse("name_taken", `you already have a class ${name}`)
    if (race.designs.size >= maxClasses) return refuse("too_many", `a race can have at most ${maxClasses} ship classes`)
    return Result.flatMap(unmistakable(draft, name, namesBut(race)), () =>
      Result.map(componentsOf(order), (components) => {
        race.designs.set(keyOf(name), designOf({ name, ...components }))
      })
    )
  })

const buildersOf = (draft: Draft, race: DraftRace, design: Design) =>
  planetsOf(draft, race.index).filter(({ production }) => production?.kind === "ships" && production.design === design)

/** Order D with a name: deletes a class that no ship and no yard uses; otherwise refused with `in_use`. */
export const deleteClass = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownDesign(race, order.class), (design): OrderResult => {
    for (const group of race.groups.values()) {
      if (group.design === design) return refuse("in_use", `group ${group.number} is of class ${design.name}`)
    }
    const builder = buildersOf(draft, race, design)[0]
    if (builder !== undefined) return refuse("in_use", `planet ${builder.number} builds ${design.name}`)
    race.designs.delete(keyOf(design.name))
    return done
  })

/** Whether two designs have the same five numbers. */
export const isSameDesign = (one: ShipClass, other: ShipClass): boolean =>
  one.armament === other.armament && blocks.every((block) => one[block] === other[block])

/** Makes ships and yards use the second of two equal classes, and deletes the first. */
const mergeInto = (draft: Draft, race: DraftRace, design: Design, into: Design): void => {
  for (const group of race.groups.values()) if (group.design === design) group.design = into
  for (const planet of buildersOf(draft, race, design)) {
    if (planet.production?.kind === "ships") planet.production = { ...planet.production, design: into }
  }
  race.designs.delete(keyOf(design.name))
}

/** Order T: gives a class a free name. The name of a class with the same five numbers merges the two. */
export const renameClass = (draft: Draft, race: DraftRace, order: Order): OrderResult =>
  Result.flatMap(ownDesign(race, order.class), (design) =>
    Result.flatMap(acceptClassName(order.name, draft.ruleset.nameLength), (name): OrderResult => {
      const other = race.designs.get(keyOf(name))
      if (other !== undefined && other !== design) {
        if (!isSameDesign(design, other)) return refuse("name_taken", `your class ${other.name} has another design`)
        mergeInto(draft, race, design, other)
        return done
      }
      return Result.map(unmistakable(draft, name, namesBut(race, design)), () => {
        race.designs.delete(keyOf(design.name))
        design.name = name
        race.designs.set(keyOf(name), design)
      })
    })
  )
