/** Battles and bombings. The order of the rows is that of the report. */
import type { Battle, Report } from "@galaxy/contract/engine/Report"
import { battleLosses } from "./battle.ts"
import { cnt, type ColumnKey, type Names, num, place, table, who } from "./columns.ts"
import type { Table } from "./table.ts"

const shipsIn = (battle: Battle): number => battle.groups.reduce((all, { ships }) => all + ships, 0)

export const battles = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(
    report.battles.map((battle, index) => ({ battle, index, losses: battleLosses(battle, report.race) })),
    (it) => it.index,
    [
      [
        "planet",
        false,
        ({ battle, index }) => ({ _tag: "battle", index, planet: battle.planet, name: nameOf(battle.planet) })
      ],
      ["when", false, ({ battle }) => ({ _tag: "word", word: battle.when })],
      cnt("race", ({ battle }) => new Set(battle.groups.map((it) => it.race)).size),
      cnt("ships", ({ battle }) => shipsIn(battle)),
      cnt("rounds", ({ battle }) => battle.rounds),
      cnt("lost", ({ losses }) => losses?.lost),
      cnt("destroyed", ({ losses }) => losses?.destroyed)
    ],
    ({ losses }) => losses !== undefined
  )

export const bombings = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(
    report.bombings,
    (_, index) => index,
    [
      place(nameOf)("planet", (it) => it.planet),
      who("bomber", (it) => it.bomber),
      who("owner", (it) => it.owner),
      num("power", (it) => it.power),
      [
        "result",
        false,
        ({ result, bomber }) => {
          const word = result === "Wiped" ? "wiped" : "damaged"
          return { _tag: "word", word, tone: bomber === report.race ? "good" : "bad" }
        }
      ],
      num("population", (it) => it.destroyed_population),
      num("industry", (it) => it.destroyed_industry),
      num("colonists", (it) => it.destroyed_colonists)
    ],
    (it) => it.owner === report.race
  )
