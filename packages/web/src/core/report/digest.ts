/** What is kept of a report that has passed: the races' public numbers for charts, and the ships of others that were seen. */
import type { ForeignClass, Report } from "@galaxy/contract/engine/Report"

export const measures = ["population", "industry", "planets", "votes", "drive", "weapons", "shields", "cargo"] as const
/** A public number of a race. */
export type Measure = (typeof measures)[number]

/** One race in one turn; `out` has left the game. */
export interface RaceDigest extends Readonly<Record<Measure, number>> {
  readonly name: string
  readonly out: boolean
}

export interface Digest {
  readonly turn: number
  readonly races: ReadonlyArray<RaceDigest>
  readonly classes: ReadonlyArray<ForeignClass>
}

/** A class of others, and the turn in which it was seen last. */
export interface SeenClass extends ForeignClass {
  readonly seen: number
}

export const digestOf = ({ turn, players, foreign_classes: classes }: Report): Digest => ({
  turn,
  classes,
  races: players.map((it) => ({
    name: it.name,
    out: it.extinct,
    population: it.population,
    industry: it.industry,
    planets: it.planets,
    votes: it.votes_received,
    drive: it.drive,
    weapons: it.weapons,
    shields: it.shields,
    cargo: it.cargo
  }))
})

/** The classes of others that were seen in these turns, each as it was seen last; those of races that are out are left out. */
export const classesSeen = (report: Report, digests: ReadonlyMap<number, Digest>): ReadonlyArray<SeenClass> => {
  const living = new Set(report.players.flatMap(({ name, extinct }) => (extinct ? [] : [name])))
  const earlier = [...digests.values()]
    .filter(({ turn }) => turn < report.turn)
    .toSorted((one, other) => one.turn - other.turn)
  const seen = new Map<string, SeenClass>()
  for (const { turn, classes } of [...earlier, { turn: report.turn, classes: report.foreign_classes }]) {
    for (const it of classes) seen.set(`${it.race}/${it.name}`, { ...it, seen: turn })
  }
  return [...seen.values()].filter(({ race }) => living.has(race))
}

/** One race over the turns that are known, ascending; it has no value after it left. */
export interface Series {
  readonly name: string
  readonly points: ReadonlyArray<{ readonly turn: number; readonly value: number | undefined }>
}

/** A measure of every race over these turns, in the order of the newest report. */
export const seriesOf = (digests: ReadonlyMap<number, Digest>, measure: Measure): ReadonlyArray<Series> => {
  const turns = [...digests.keys()].toSorted((one, other) => one - other)
  const names = digests.get(turns.at(-1) ?? -1)?.races.map(({ name }) => name) ?? []
  const byTurn = turns.map((turn) => new Map(digests.get(turn)?.races.map((race) => [race.name, race])))
  return names.map((name) => ({
    name,
    points: turns.map((turn, index) => {
      const race = byTurn[index]?.get(name)
      return { turn, value: race === undefined || race.out ? undefined : race[measure] }
    })
  }))
}
