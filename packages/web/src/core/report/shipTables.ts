/** Ship classes, groups and fleets, and what flies. The order of the rows is that of the report. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { cnt, type ColumnKey, design, goods, levels, type Names, num, place, table, txt, who } from "./columns.ts"
import type { Table } from "./table.ts"
import { turnsFor } from "./turnsFor.ts"

export const myClasses = (report: Report): Table<ColumnKey> =>
  table(report.my_classes, (it) => it.name, [txt("class", (it) => it.name), ...design])

export const foreignClasses = (report: Report): Table<ColumnKey> =>
  table(report.foreign_classes, (it) => `${it.race}/${it.name}`, [
    who("race", (it) => it.race),
    txt("class", (it) => it.name),
    ...design
  ])

export const approaching = (report: Report, nameOf: Names, ruleset: Ruleset): Table<ColumnKey> =>
  table(report.approaching_groups, (_, index) => index, [
    place(nameOf)("destination", (it) => it.destination),
    place(nameOf)("from", (it) => it.origin),
    num("distance", (it) => it.distance),
    num("speed", (it) => it.speed),
    cnt("turns_left", (it) => turnsFor(ruleset, it.distance, it.speed)),
    num("mass", (it) => it.mass)
  ])

export const myFleets = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.my_fleets, (it) => it.name, [
    txt("name", (it) => it.name),
    cnt("groups", (it) => it.groups),
    place(nameOf)("destination", (it) => it.destination),
    place(nameOf)("from", (it) => it.origin),
    num("distance", (it) => it.distance),
    num("speed", (it) => it.speed),
    ["state", false, (it) => ({ _tag: "word", word: it.origin === undefined ? "in_orbit" : "in_space" })]
  ])

export const myGroups = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.my_groups, (it) => it.number, [
    cnt("group", (it) => it.number),
    cnt("ships", (it) => it.ships),
    txt("class", (it) => it.class),
    ...levels,
    goods(),
    num("load", (it) => (it.load === 0 ? undefined : it.load)),
    place(nameOf)("destination", (it) => it.destination),
    place(nameOf)("from", (it) => it.origin),
    num("distance", (it) => it.distance),
    num("speed", (it) => it.speed),
    num("mass", (it) => it.mass),
    txt("fleet", (it) => it.fleet)
  ])

export const foreignGroups = (report: Report, nameOf: Names): Table<ColumnKey> =>
  table(report.foreign_groups, (_, index) => index, [
    who("race", (it) => it.race),
    cnt("ships", (it) => it.ships),
    txt("class", (it) => it.class),
    ...levels,
    goods(),
    num("load", (it) => (it.load === 0 ? undefined : it.load)),
    place(nameOf)("destination", (it) => it.destination),
    num("speed", (it) => it.speed),
    num("mass", (it) => it.mass)
  ])

export const unidentified = (report: Report): Table<ColumnKey> =>
  table(report.unidentified_groups, (_, index) => index, [num("x", (it) => it.x), num("y", (it) => it.y)])
