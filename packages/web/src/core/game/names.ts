/** What planets are called in a report. */
import type { Report } from "@galaxy/contract/engine/Report"

/** A planet's name where one is known that isn't its number, else `#number`. */
export const planetNames = (report: Report | undefined): ((number: number) => string) => {
  const names = new Map<number, string>()
  if (report !== undefined) {
    for (const { planet, name } of [...report.battles, ...report.bombings]) names.set(planet, name)
    for (const { number, name } of [...report.uninhabited_planets, ...report.foreign_planets, ...report.my_planets]) {
      names.set(number, name)
    }
  }
  return (number) => {
    const name = names.get(number)
    return name === undefined || name === String(number) ? `#${number}` : name
  }
}
