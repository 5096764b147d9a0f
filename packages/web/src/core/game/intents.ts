/** The report as it would be if the orders of the draft were carried out: what a list shows beside what is. */
import type { Order } from "@galaxy/contract/engine/Order"
import type { Report } from "@galaxy/contract/engine/Report"
import { emptyMass } from "@galaxy/engine/formulas/ships"
import { technologies } from "@galaxy/engine/state/technologies"
import { type Intents, intentsOf } from "../map/intents.ts"
import type { DraftState } from "./DraftState.ts"

/** What the draft means, without lines that are refused. */
export const intentsOfDraft = (report: Report, { lines, verdicts }: DraftState): Intents =>
  intentsOf(
    report,
    lines.lines.map(({ id, order }) => ({ id, order, refused: verdicts.get(id)?.accepted === false }))
  )

/** The attitude to each race and the race that gets the votes, with the draft's orders. */
export const diplomacyOf = (
  report: Report,
  { lines, verdicts }: DraftState
): {
  readonly relations: ReadonlyMap<string, { readonly now: "war" | "peace"; readonly ordered: boolean }>
  readonly vote: string
  readonly voteOrdered: boolean
} => {
  const relations = new Map(
    report.players.flatMap(({ name, relation, extinct }) =>
      relation === undefined || extinct ? [] : [[name, { now: relation, ordered: false as boolean }] as const]
    )
  )
  let vote = report.votes.voting_for
  for (const { id, order } of lines.lines) {
    if (verdicts.get(id)?.accepted === false || order.race === undefined) continue
    const named = order.race.toLowerCase()
    if (order.op === "vote") vote = report.players.find(({ name }) => name.toLowerCase() === named)?.name ?? vote
    if (order.op !== "war" && order.op !== "peace") continue
    const all = named === report.race.toLowerCase()
    for (const [name, before] of relations) {
      if (!all && name.toLowerCase() !== named) continue
      const was = report.players.find((it) => it.name === name)?.relation
      relations.set(name, { ...before, now: order.op, ordered: was !== order.op })
    }
  }
  return { relations, vote, voteOrdered: vote !== report.votes.voting_for }
}

const designed = (order: Order): Report["my_classes"] => {
  const { name, drive = 0, armament = 0, weapons = 0, shields = 0, cargo = 0 } = order
  if (name === undefined) return []
  const design = { drive, armament, weapons, shields, cargo }
  return [{ name, ...design, mass: emptyMass(design) }]
}

const mixed = (order: Order): Report["my_sciences"] => {
  const { name } = order
  if (name === undefined) return []
  const all = technologies.reduce((sum, it) => sum + (order[it] ?? 0), 0) || 1
  const share = (it: (typeof technologies)[number]) => (order[it] ?? 0) / all
  return [{ name, drive: share("drive"), weapons: share("weapons"), shields: share("shields"), cargo: share("cargo") }]
}

/** The report with the draft's products on the reader's planets, and the classes and sciences that these may name. */
export const withProducts = (report: Report, intents: Intents): Report =>
  intents.products.size === 0
    ? report
    : {
        ...report,
        my_classes: [...report.my_classes, ...intents.classes.flatMap(designed)],
        my_sciences: [...report.my_sciences, ...intents.sciences.flatMap(mixed)],
        my_planets: report.my_planets.map((planet) => {
          const production = intents.products.get(planet.number)
          return production === undefined ? planet : { ...planet, production }
        })
      }
