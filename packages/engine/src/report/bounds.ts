/**
 * Bounds of a report's lists, far above what play needs: a report must fit into what the backend takes from an engine,
 * `maxReportBytes`, whatever players have done. What is left out is counted.
 */
import type { Battle, Report } from "@galaxy/contract/engine/Report"
import { summed } from "./summed.ts"

/** Lines of one battle's list of groups. */
export const maxBattleGroups = 1000
/** Lines of all battles of a report together, by their lists. */
export const battleLines = { groups: 2000, protocol: 10_000, totals: 10_000 } as const

/** Most lines of each list that isn't bounded by the number of planets or races, or by what one race can have. */
export const sectionLines = {
  foreign_sciences: 1000,
  foreign_classes: 1000,
  battles: 1000,
  bombings: 1000,
  approaching_groups: 3000,
  my_fleets: 5000,
  foreign_groups: 2000,
  unidentified_groups: 10_000,
  changes: 10_000
} as const

/** The highest cap under which all needs together stay within the sum. */
const capOf = (needs: ReadonlyArray<number>, sum: number): number => {
  let left = sum
  for (const [at, need] of needs.toSorted((a, b) => a - b).entries()) {
    const share = Math.floor(left / (needs.length - at))
    if (need > share) return share
    left -= need
  }
  return sum
}

/** Battles within their bounds. Small ones stay whole; the largest are shortened first. */
export const boundedBattles = (battles: ReadonlyArray<Battle>): ReadonlyArray<Battle> => {
  const few = battles.slice(0, sectionLines.battles)
  const needs = few.map((it) => Math.min(maxBattleGroups, it.groups.length))
  const most = Math.min(maxBattleGroups, capOf(needs, battleLines.groups))
  const lines = few.map((it) => summed(it, most))
  const protocol = capOf(
    lines.map((it) => it.protocol.length),
    battleLines.protocol
  )
  const totals = capOf(
    lines.map((it) => it.totals.length),
    battleLines.totals
  )
  return lines.map((it) =>
    it.protocol.length <= protocol && it.totals.length <= totals
      ? it
      : {
          ...it,
          protocol: it.protocol.slice(0, protocol),
          omitted: it.omitted + Math.max(0, it.protocol.length - protocol),
          totals: it.totals.slice(0, totals)
        }
  )
}

const sections = Object.keys(sectionLines) as ReadonlyArray<keyof typeof sectionLines>

/** The report with every list within its bound; `left_out` names the lists that were longer. */
export const bounded = (report: Report): Report => {
  const long = sections.filter((it) => report[it].length > sectionLines[it])
  const short = { ...report, battles: boundedBattles(report.battles) }
  if (long.length === 0) return short
  return {
    ...short,
    ...Object.fromEntries(long.map((it) => [it, short[it].slice(0, sectionLines[it])])),
    left_out: Object.fromEntries(long.map((it) => [it, report[it].length - sectionLines[it]]))
  }
}
