/** The sections of a report, each as a table. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { cnt, type ColumnKey, type Names, num, table } from "./columns.ts"
import * as FightTables from "./fightTables.ts"
import * as PlanetTables from "./planetTables.ts"
import * as RaceTables from "./raceTables.ts"
import type { SectionId } from "./sectionIds.ts"
import * as ShipTables from "./shipTables.ts"
import type { Table } from "./table.ts"

/** The rows of a section. The order of the rows is that of the report. */
export const sectionTable = (section: SectionId, report: Report, nameOf: Names, ruleset: Ruleset): Table<ColumnKey> => {
  switch (section) {
    case "galaxy":
      return table([report.summary], () => "galaxy", [
        num("size", (it) => it.size),
        cnt("planets", (it) => it.planets),
        cnt("race", (it) => it.players)
      ])
    case "votes":
      return RaceTables.votes(report)
    case "races":
      return RaceTables.races(report)
    case "my_sciences":
      return RaceTables.mySciences(report)
    case "foreign_sciences":
      return RaceTables.foreignSciences(report)
    case "my_classes":
      return ShipTables.myClasses(report)
    case "foreign_classes":
      return ShipTables.foreignClasses(report)
    case "battles":
      return FightTables.battles(report, nameOf)
    case "bombings":
      return FightTables.bombings(report, nameOf)
    case "approaching":
      return ShipTables.approaching(report, nameOf, ruleset)
    case "my_planets":
      return PlanetTables.myPlanets(report, nameOf)
    case "yards":
      return PlanetTables.yards(report, nameOf)
    case "routes":
      return PlanetTables.routes(report, nameOf)
    case "foreign_planets":
      return PlanetTables.foreignPlanets(report, nameOf)
    case "uninhabited":
      return PlanetTables.uninhabited(report, nameOf)
    case "unknown":
      return PlanetTables.unknown(report, nameOf)
    case "my_fleets":
      return ShipTables.myFleets(report, nameOf)
    case "my_groups":
      return ShipTables.myGroups(report, nameOf)
    case "foreign_groups":
      return ShipTables.foreignGroups(report, nameOf)
    case "unidentified":
      return ShipTables.unidentified(report)
  }
}
