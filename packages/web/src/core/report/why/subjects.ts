/** Which rows and columns of a report's tables can be asked about. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { ColumnKey } from "../columns.ts"
import type { SectionId } from "../sectionIds.ts"
import type { Subject } from "./explain.ts"
import type { Quantity } from "./formula.ts"
import { figuresOfPlanet } from "./figuresOfPlanet.ts"

/** What the row with this id in a section is; undefined where its figures are as they are. */
export const subjectOf = (section: SectionId, id: string, report: Pick<Report, "race">): Subject | undefined => {
  switch (section) {
    case "my_planets":
    case "foreign_planets":
    case "yards":
      return { _tag: "planet", number: Number(id) }
    case "my_groups":
      return { _tag: "group", number: Number(id) }
    case "foreign_groups":
      return { _tag: "foreignGroup", index: Number(id) }
    case "approaching":
      return { _tag: "approaching", index: Number(id) }
    case "my_fleets":
      return { _tag: "fleet", name: id }
    case "my_classes":
      return { _tag: "class", race: report.race, name: id }
    case "foreign_classes": {
      const at = id.indexOf("/")
      return { _tag: "class", race: id.slice(0, at), name: id.slice(at + 1) }
    }
    case "races":
      return { _tag: "race", name: id }
    case "bombings":
      return { _tag: "bombing", index: Number(id) }
    default:
      return undefined
  }
}

const ship = { mass: "mass", speed: "speed", distance: "turns" } as const

const figures: Partial<Record<SectionId, Partial<Record<ColumnKey, Quantity>>>> = {
  my_planets: figuresOfPlanet,
  foreign_planets: figuresOfPlanet,
  yards: { points: "points", price: "shipsBuilt", banked: "shipsBuilt" },
  my_groups: ship,
  foreign_groups: ship,
  my_fleets: { speed: "fleetSpeed", distance: "turns" },
  approaching: { turns_left: "turns" },
  my_classes: { mass: "emptyMass" },
  foreign_classes: { mass: "emptyMass" },
  races: {
    received: "received",
    drive: "newDrive",
    weapons: "newWeapons",
    shields: "newShields",
    cargo: "newCargo",
    population: "votes"
  },
  bombings: { population: "damagePopulation", industry: "damageIndustry", colonists: "damageColonists" }
}

/** The figure that a column of a section shows; undefined where it needs no explanation. */
export const figureAt = (section: SectionId, column: ColumnKey): Quantity | undefined => figures[section]?.[column]
