/** Why a race has its votes, how far it flies and sees, and what its research comes to. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Ruleset } from "@galaxy/engine/rules/Ruleset"
import { type Technology, technologies } from "@galaxy/engine/state/technologies"
import { type Figure, figure, formula, step, sum, term } from "./formula.ts"
import { productFigures } from "./planet.ts"
import { newOf, techOf } from "./technologyTerms.ts"

/** The level that a technology of the reader's reaches with what its planets research now. */
export const researchFigure = (ruleset: Ruleset, report: Report, technology: Technology): Figure => {
  const now = report.players.find(({ name }) => name === report.race)?.[technology] ?? 0
  const parts = report.my_planets.flatMap((planet) =>
    productFigures(ruleset, planet, report).flatMap((it) => (it.of === newOf[technology] ? [{ planet, it }] : []))
  )
  const steps = parts.flatMap(({ planet, it }) =>
    it.steps.map((of) => ({ ...of, of: "researched" as const, who: planet.name }))
  )
  const total = parts.reduce((all, { it }) => all + it.value, now)
  const terms = parts.map(({ planet, it }) => term(it.value, "researched", planet.name))
  return figure(
    newOf[technology],
    [...steps, step(newOf[technology], total, sum([term(now, techOf[technology]), ...terms]))],
    ...(parts.some(({ it }) => it.notes?.includes("rounded")) ? (["rounded"] as const) : [])
  )
}

/** The votes that a race has, and those that it gets. */
export const votesFigures = (ruleset: Ruleset, report: Report, race: string): ReadonlyArray<Figure> => {
  const { votes, players } = report
  const line = votes.races.find((it) => it.race === race)
  const people = players.find(({ name }) => name === race)?.population ?? 0
  if (line === undefined || ruleset.populationPerVote === null) return []
  const given = votes.races.filter((it) => it.voting_for === race)
  const own = people / ruleset.populationPerVote
  return [
    figure(
      "votes",
      [step("votes", own, formula`${term(people, "population")} ÷ ${ruleset.populationPerVote}`)],
      ...(ruleset.fractionalVotes ? [] : (["rounded"] as const))
    ),
    figure("received", [
      step(
        "received",
        given.reduce((all, it) => all + it.own, 0),
        sum(given.map((it) => term(it.own, "votes", it.race)))
      )
    ]),
    ...(ruleset.winningShare === null
      ? []
      : [
          figure("votesNeeded", [
            step(
              "votesNeeded",
              ruleset.winningShare * votes.total,
              formula`${ruleset.winningShare} × ${term(votes.total, "totalVotes")}`
            )
          ])
        ])
  ]
}

/** How far a race's ships may fly from its planets, and how far it notices others. */
export const zoneFigures = (ruleset: Ruleset, drive: number): ReadonlyArray<Figure> =>
  (
    [
      ["flight", ruleset.flightZoneFactor],
      ["detection", ruleset.detectionZoneFactor]
    ] as const
  ).flatMap(([of, factor]) =>
    factor === null ? [] : [figure(of, [step(of, factor * drive, formula`${factor} × ${term(drive, "driveTech")}`)])]
  )

/** All figures of a race. What others research isn't known. */
export const raceFigures = (ruleset: Ruleset, report: Report, race: string): ReadonlyArray<Figure> => {
  const line = report.players.find(({ name }) => name === race)
  if (line === undefined || line.extinct) return []
  return [
    ...votesFigures(ruleset, report, race),
    ...zoneFigures(ruleset, line.drive),
    ...(race === report.race ? technologies.map((it) => researchFigure(ruleset, report, it)) : [])
  ]
}
