/** Races, their votes and their sciences. The order of the rows is that of the report. */
import type { Report } from "@galaxy/contract/engine/Report"
import { cnt, type ColumnKey, levels, num, table, text, txt, who } from "./columns.ts"
import type { Table } from "./table.ts"

export const votes = (report: Report): Table<ColumnKey> =>
  table(
    report.votes.races,
    (it) => it.race,
    [
      who("race", (it) => it.race),
      num("own_votes", (it) => it.own),
      who("votes_for", (it) => it.voting_for),
      num("received", (it) => it.received)
    ],
    (it) => it.race === report.race
  )

export const races = (report: Report): Table<ColumnKey> =>
  table(
    report.players,
    (it) => it.name,
    [
      who("race", (it) => it.name),
      ...levels,
      num("population", (it) => it.population),
      num("industry", (it) => it.industry),
      cnt("planets", (it) => it.planets),
      [
        "relation",
        false,
        (it) =>
          it.extinct
            ? { _tag: "word", word: "gone" }
            : it.relation === undefined
              ? text(undefined)
              : { _tag: "word", word: it.relation, tone: it.relation === "war" ? "bad" : "good" }
      ],
      num("received", (it) => it.votes_received),
      cnt("turns_left", (it) => it.turns_left)
    ],
    (it) => it.name === report.race
  )

export const mySciences = (report: Report): Table<ColumnKey> =>
  table(report.my_sciences, (it) => it.name, [txt("name", (it) => it.name), ...levels])

export const foreignSciences = (report: Report): Table<ColumnKey> =>
  table(report.foreign_sciences, (it) => `${it.race}/${it.name}`, [
    who("race", (it) => it.race),
    txt("name", (it) => it.name),
    ...levels
  ])
