/** What is different between two turns, as one race's reports of them tell. */
import type { OwnPlanet, PlayerStatus, Report } from "@galaxy/contract/engine/Report"

/** A number in the one turn and in the other. */
export interface Pair {
  readonly before: number
  readonly after: number
}

/** A planet of the reader's. In one turn only, the other has nothing of it. */
export interface ComparedPlanet {
  readonly number: number
  readonly name: string
  readonly population: Pair
  readonly industry: Pair
  readonly capital: Pair
  readonly materials: Pair
  readonly colonists: Pair
}

export const comparedTechs = ["drive", "weapons", "shields", "cargo"] as const
export type ComparedTech = (typeof comparedTechs)[number]

/** A race in both turns. `gone`: it has left between them. `turned`: the reader's attitude to it has changed to this. */
export interface ComparedRace {
  readonly name: string
  readonly planets: Pair
  readonly population: Pair
  readonly industry: Pair
  readonly votes: Pair
  readonly techs: Readonly<Record<ComparedTech, Pair>>
  readonly gone: boolean
  readonly turned: "war" | "peace" | undefined
}

/** From the earlier of two turns to the later one. */
export interface Comparison {
  readonly from: number
  readonly to: number
  readonly won: ReadonlyArray<ComparedPlanet>
  readonly lost: ReadonlyArray<ComparedPlanet>
  /** The reader's in both turns, with other numbers. */
  readonly changed: ReadonlyArray<ComparedPlanet>
  /** Ships of the reader's by class, where their count is another one. */
  readonly ships: ReadonlyArray<Pair & { readonly class: string }>
  /** Ships of the reader's together. */
  readonly fleet: Pair
  readonly races: ReadonlyArray<ComparedRace>
  /** The reader's own line. */
  readonly own: ComparedRace | undefined
  /** For whom the reader votes, where that is another race now. */
  readonly vote: { readonly before: string; readonly after: string } | undefined
}

const numbers = ["population", "industry", "capital", "materials", "colonists"] as const

const planetOf = (before: OwnPlanet | undefined, after: OwnPlanet | undefined): ComparedPlanet => {
  const any = after ?? before
  const pair = (of: (typeof numbers)[number]): Pair => ({ before: before?.[of] ?? 0, after: after?.[of] ?? 0 })
  return {
    number: any?.number ?? 0,
    name: any?.name ?? "",
    population: pair("population"),
    industry: pair("industry"),
    capital: pair("capital"),
    materials: pair("materials"),
    colonists: pair("colonists")
  }
}

/** Whether the two numbers are different ones. */
export const differs = ({ before, after }: Pair): boolean => before !== after

const raceOf = (before: PlayerStatus | undefined, after: PlayerStatus): ComparedRace => {
  const pair = (of: (line: PlayerStatus) => number): Pair => ({
    before: before === undefined ? 0 : of(before),
    after: of(after)
  })
  return {
    name: after.name,
    planets: pair((it) => it.planets),
    population: pair((it) => it.population),
    industry: pair((it) => it.industry),
    votes: pair((it) => it.votes_received),
    techs: {
      drive: pair((it) => it.drive),
      weapons: pair((it) => it.weapons),
      shields: pair((it) => it.shields),
      cargo: pair((it) => it.cargo)
    },
    gone: after.extinct && before?.extinct === false,
    turned: before?.relation === after.relation ? undefined : after.relation
  }
}

const shipsOf = ({ my_groups: groups }: Report): ReadonlyMap<string, number> => {
  const ships = new Map<string, number>()
  for (const { class: name, ships: count } of groups) ships.set(name, (ships.get(name) ?? 0) + count)
  return ships
}

/** The difference; the two reports may be given in either order. */
export const compare = (one: Report, other: Report): Comparison => {
  const [before, after] = one.turn <= other.turn ? [one, other] : [other, one]
  const had = new Map(before.my_planets.map((planet) => [planet.number, planet]))
  const has = new Map(after.my_planets.map((planet) => [planet.number, planet]))
  const both = after.my_planets
    .filter(({ number }) => had.has(number))
    .map((planet) => planetOf(had.get(planet.number), planet))
  const [fewer, more] = [shipsOf(before), shipsOf(after)]
  const classes = [...new Set([...fewer.keys(), ...more.keys()])].toSorted((a, b) => a.localeCompare(b))
  const ships = classes.map((name) => ({ class: name, before: fewer.get(name) ?? 0, after: more.get(name) ?? 0 }))
  const races = after.players.map((line) =>
    raceOf(
      before.players.find(({ name }) => name === line.name),
      line
    )
  )
  const [voted, votes] = [before.votes.voting_for, after.votes.voting_for]
  return {
    from: before.turn,
    to: after.turn,
    won: after.my_planets.filter(({ number }) => !had.has(number)).map((planet) => planetOf(undefined, planet)),
    lost: before.my_planets.filter(({ number }) => !has.has(number)).map((planet) => planetOf(planet, undefined)),
    changed: both.filter((planet) => numbers.some((of) => differs(planet[of]))),
    ships: ships.filter(differs),
    fleet: {
      before: ships.reduce((all, it) => all + it.before, 0),
      after: ships.reduce((all, it) => all + it.after, 0)
    },
    races,
    own: races.find(({ name }) => name === after.race),
    vote: voted === votes ? undefined : { before: voted, after: votes }
  }
}
