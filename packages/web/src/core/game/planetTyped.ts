/** Planets by what somebody types. */
import type { Report } from "@galaxy/contract/engine/Report"

/** A planet by its number, with or without a sign, or its name in any case. */
export const planetTyped = (report: Report, typed: string): number | undefined => {
  const text = typed.trim().replace(/^#/, "").toLowerCase()
  if (text === "") return undefined
  const all = [...report.my_planets, ...report.foreign_planets, ...report.uninhabited_planets]
  const named = all.find(({ name }) => name.toLowerCase() === text)
  if (named !== undefined) return named.number
  const number = /^\d+$/.test(text) ? Number(text) : undefined
  const known =
    number !== undefined &&
    (report.unknown_planets.some((it) => it.number === number) || all.some((it) => it.number === number))
  return known ? number : undefined
}
