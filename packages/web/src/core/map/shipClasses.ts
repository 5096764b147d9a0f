/** What the reader knows of ship classes, its own and those it has seen. */
import type { OwnClass, Report } from "@galaxy/contract/engine/Report"

/** Classes by race and name. */
export interface ClassIndex {
  readonly get: (race: string, name: string) => OwnClass | undefined
}

/** The classes of a report. */
export const classIndex = (report: Pick<Report, "race" | "my_classes" | "foreign_classes">): ClassIndex => {
  const key = (race: string, name: string) => `${race}\u0000${name}`
  const all = new Map<string, OwnClass>()
  for (const it of report.foreign_classes) all.set(key(it.race, it.name), it)
  for (const it of report.my_classes) all.set(key(report.race, it.name), it)
  return { get: (race, name) => all.get(key(race, name)) }
}

/** The parts of a group by which its class shows even where the class itself isn't known. */
interface Ships {
  readonly class: string
  readonly weapons: number
  readonly cargo: number
}

/** Whether ships have guns. A group of a class that isn't known tells by its technology: a block it lacks has 0. */
export const isArmed = (classes: ClassIndex, race: string, ships: Ships): boolean => {
  const known = classes.get(race, ships.class)
  return known === undefined ? ships.weapons > 0 : known.armament > 0
}

/** Whether ships have neither guns nor a hold: they only look. */
export const isScout = (classes: ClassIndex, race: string, ships: Ships): boolean => {
  const known = classes.get(race, ships.class)
  return !isArmed(classes, race, ships) && (known === undefined ? ships.cargo === 0 : known.cargo === 0)
}
