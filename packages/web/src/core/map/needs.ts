/** The planets that ask for something, worst first, as "Since last turn" ranks it. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { sinceLastTurn } from "../report/since.ts"
import type { DraftLine, Intents } from "./intents.ts"

/** Where a refused line of the draft belongs: to its planet, or to the one where its ships are. */
const placeOf = (report: Report, { order }: DraftLine): number | undefined =>
  order.planet ?? report.my_groups.find(({ number }) => number === order.group)?.destination

/**
 * Planets that were bombed or fought over, that foreign ships fly to, that make nothing useful and haven't been told to
 * make something else, and those of orders that will be refused.
 */
export const needsOf = (
  ruleset: Ruleset,
  report: Report,
  intents: Intents,
  lines: ReadonlyArray<DraftLine>
): ReadonlyArray<number> => {
  const own = new Set(report.my_planets.map(({ number }) => number))
  const items = sinceLastTurn(ruleset, report)
  const idle = [
    ...report.my_planets.filter(({ production }) => production === "-").map(({ number }) => number),
    ...items.flatMap((it) => (it._tag === "idle" ? it.planets : []))
  ].filter((number) => !intents.products.has(number))
  const found = [
    ...items.flatMap((it) => (it._tag === "bombed" ? [it.bombing.planet] : [])),
    ...report.battles.map(({ planet }) => planet).filter((planet) => own.has(planet)),
    ...items.flatMap((it) => (it._tag === "approaching" ? it.planets : [])),
    ...lines.filter(({ refused }) => refused).flatMap((line) => placeOf(report, line) ?? []),
    ...idle
  ]
  return [...new Set(found)]
}

/** The one after what is chosen now; the first where nothing of them is. Undefined where nothing asks for anything. */
export const nextNeed = (needs: ReadonlyArray<number>, selected: number | undefined): number | undefined =>
  needs[(needs.findIndex((it) => it === selected) + 1) % Math.max(1, needs.length)]
