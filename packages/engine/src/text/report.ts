/**
 * A report as plain text in the classic layout: every section that isn't empty, in the order of the rules, then why
 * numbers changed and which orders were refused. It shows only what is in the report.
 */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { plus, type Ruleset } from "../rules/Ruleset.ts"
import { chartOf } from "./chart.ts"
import { indented, namesIn, placeIn, type Section } from "./Section.ts"
import { changeSections } from "./sections/changes.ts"
import { designSections } from "./sections/designs.ts"
import { battleSection, bombingsSection } from "./sections/fighting.ts"
import { nearestSection } from "./sections/nearest.ts"
import { planetSections } from "./sections/planets.ts"
import { playersSection, summarySection, votesSection } from "./sections/players.ts"
import { plainOrder, refusedSection } from "./sections/refused.ts"
import { approachingSection, shipSections } from "./sections/ships.ts"
import { plain } from "./table.ts"

const leftOut = ({ left_out = {} }: Report): ReadonlyArray<string> =>
  Object.entries(left_out).map(([section, lines]) => `Too long to show: ${lines} lines of ${section} are left out.`)

const ending = ({ finished, winners }: Report): ReadonlyArray<string> => {
  if (!finished) return []
  if (winners.length === 0) return ["The game is over. Nobody won."]
  return [`The game is over. ${winners.length === 1 ? "Winner" : "Winners"}: ${plain(winners.join(", "))}`]
}

const sectionsOf = (report: Report, printOrder: (order: Order) => string, ruleset: Ruleset): ReadonlyArray<Section> => {
  const names = namesIn(report)
  const place = placeIn(names)
  return [
    {
      title: `Report for ${plain(report.race)}, turn ${report.turn}`,
      lines: [`Game ${plain(report.game_id)}`, ...ending(report), ...leftOut(report)]
    },
    summarySection(report.summary),
    votesSection(report.votes),
    playersSection(report.players),
    ...designSections(report),
    ...report.battles.map((battle) => battleSection(place, battle)),
    bombingsSection(report.bombings),
    approachingSection(report.approaching_groups, place),
    ...planetSections(report, place),
    nearestSection(chartOf(report, ruleset), place),
    ...shipSections(report, place),
    ...changeSections(report.changes, names),
    refusedSection(report.orders, printOrder)
  ]
}

/**
 * The report as text. `printOrder` writes refused orders, by default as the operation and its named arguments; the
 * ruleset is that of the game, and says how fast ships are.
 */
export const renderReport = (
  report: Report,
  printOrder: (order: Order) => string = plainOrder,
  ruleset: Ruleset = plus
): string =>
  sectionsOf(report, printOrder, ruleset)
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => [title, ...indented(lines)].map((line) => `${line.trimEnd()}\n`).join(""))
    .join("\n")
