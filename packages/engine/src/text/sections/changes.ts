/**
 * How the reader's own numbers changed, and why: planets, then groups, then the race. Changes of one number stay
 * together in the order in which they happened, so that each begins where the one before it ended.
 */
import type { Change } from "@galaxy/contract/engine/Report"
import { grouped } from "../../report/grouped.ts"
import { type Section, tabled } from "../Section.ts"
import { amount, type Column, count, difference, plain, words } from "../table.ts"

const spaced = (word: string): string => word.replaceAll("_", " ")

const change: ReadonlyArray<Column<Change>> = [
  words("What", (it) => spaced(it.what)),
  words("Why", (it) => spaced(it.cause)),
  amount("Before", (it) => it.before),
  amount("After", (it) => it.after),
  difference("Change", (it) => it.after - it.before)
]

const number: Column<Change> = count("#", (it) => it.number)

/** Changes of one number together, ascending by the number of planet or group. */
const chained = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> =>
  [...grouped(changes, (it) => it.number ?? -1)]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([, ofOne]) => [...grouped(ofOne, (it) => it.what).values()].flat())

/** One section for each kind of subject; kinds that this version doesn't know come last. */
export const changeSections = (
  changes: ReadonlyArray<Change>,
  names: ReadonlyMap<number, string>
): ReadonlyArray<Section> => {
  const name = words<Change>("N", (it) => (it.number === undefined ? undefined : names.get(it.number)))
  const bySubject = grouped(changes, (it) => it.subject)
  const others = [...bySubject.keys()].filter((subject) => !["planet", "group", "race"].includes(subject))
  const explained = (subject: string, title: string, columns: ReadonlyArray<Column<Change>>): Section =>
    tabled(title, columns, chained(bySubject.get(subject) ?? []))
  return [
    explained("planet", "Why: your planets", [number, name, ...change]),
    explained("group", "Why: your groups", [number, ...change]),
    explained("race", "Why: your race", change),
    ...others.map((subject) => explained(subject, `Why: ${plain(subject)}`, [number, ...change]))
  ]
}
