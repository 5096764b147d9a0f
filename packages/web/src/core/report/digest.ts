/** What charts need of a report: the races' public numbers, which are a small part of it. */
import type { Report } from "@galaxy/contract/engine/Report"

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
}

export const digestOf = ({ turn, players }: Report): Digest => ({
  turn,
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

/** One race over the turns, ascending; a turn that isn't known, or after it left, has no value. */
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
