/** Sciences and ship classes, the reader's own and those of others by race. */
import type { OwnClass, OwnScience, Report } from "@galaxy/contract/engine/Report"
import { type Section, tabled, tabledBy } from "../Section.ts"
import { amount, type Column, count, words } from "../table.ts"
import { levels } from "./levels.ts"

const science: ReadonlyArray<Column<OwnScience>> = [words("N", (it) => it.name), ...levels]

const shipClass: ReadonlyArray<Column<OwnClass>> = [
  words("N", (it) => it.name),
  amount("D", (it) => it.drive),
  count("A", (it) => it.armament),
  amount("W", (it) => it.weapons),
  amount("S", (it) => it.shields),
  amount("C", (it) => it.cargo),
  amount("M", (it) => it.mass)
]

/** The reader's sciences and those of each other race, then ship classes in the same way. */
export const designSections = (report: Report): ReadonlyArray<Section> => [
  tabled("Your sciences", science, report.my_sciences),
  ...tabledBy(
    (it) => it.race,
    (race) => `Sciences of ${race}`,
    science,
    report.foreign_sciences
  ),
  tabled("Your ship classes", shipClass, report.my_classes),
  ...tabledBy(
    (it) => it.race,
    (race) => `Ship classes of ${race}`,
    shipClass,
    report.foreign_classes
  )
]
