/**
 * What the map shows of a report, made once for each: places are in light years inside the square, and lines end at the
 * copy of their other end that is nearest, so that drawing only has to shift all of it.
 */
import type { ForeignGroup, Report } from "@galaxy/contract/engine/Report"
import { coursesOf } from "./courses.ts"
import { hitIndex } from "./hit.ts"
import { type Known, knownOf, memoryOf, remembered, type SeenThen, seenThen } from "./knownPlanets.ts"
import { type RaceStyle, raceStyles } from "./raceStyle.ts"
import type { Guest, RouteLine, Scene, Spot, Stance } from "./sceneTypes.ts"
import { classIndex, type ClassIndex, isArmed, isScout } from "./shipClasses.ts"
import { type Coordinates, near, type Space, wrap } from "./space.ts"

export type * from "./sceneTypes.ts"

/** The routes' fields of a report with the letters of their goods. */
export const routeFields = [
  ["COL", "colonists"],
  ["CAP", "capital"],
  ["MAT", "materials"],
  ["EMP", "empty"]
] as const

const stanceOf = (report: Report): ((race: string | undefined) => Stance | undefined) => {
  const relations = new Map(report.players.map(({ name, relation }) => [name, relation]))
  return (race) => {
    if (race === undefined) return undefined
    return race === report.race ? "own" : (relations.get(race) ?? "war")
  }
}

const grouped = <A>(all: ReadonlyArray<A>, key: (it: A) => number): ReadonlyMap<number, ReadonlyArray<A>> => {
  const groups = new Map<number, Array<A>>()
  for (const it of all) {
    const there = groups.get(key(it))
    if (there === undefined) groups.set(key(it), [it])
    else there.push(it)
  }
  return groups
}

const makeGuests = (report: Report, classes: ClassIndex, styles: ReadonlyMap<string, RaceStyle>) => {
  const stance = stanceOf(report)
  return (groups: ReadonlyArray<ForeignGroup>): ReadonlyArray<Guest> => {
    const races = new Map<string, Array<ForeignGroup>>()
    for (const group of groups) {
      const there = races.get(group.race)
      if (there === undefined) races.set(group.race, [group])
      else there.push(group)
    }
    return [...races].map(([race, theirs]) => ({
      race,
      style: styles.get(race),
      stance: stance(race) ?? "war",
      ships: theirs.reduce((sum, { ships }) => sum + ships, 0),
      armed: theirs.some((it) => isArmed(classes, it.race, it)),
      scouts: theirs.every((it) => isScout(classes, it.race, it))
    }))
  }
}

const makeRoutes = (report: Report, space: Space, spots: ReadonlyMap<number, Coordinates>) =>
  report.routes.flatMap((it) =>
    routeFields.flatMap(([goods, field]): ReadonlyArray<RouteLine> => {
      const destination = it[field]
      const from = spots.get(it.planet)
      const end = destination === undefined ? undefined : spots.get(destination)
      if (destination === undefined || from === undefined || end === undefined) return []
      const to = { x: near(space, from.x, end.x), y: near(space, from.y, end.y) }
      return [{ goods, from, to, origin: it.planet, destination }]
    })
  )

/** How many turns back the tracks of unidentified groups go. */
const trackTurns = 3

/** Options of a scene. */
export interface SceneOptions {
  /** Whether the edges are joined. */
  readonly joined?: boolean
  /** Reports of the turns before, as far as they are at hand. */
  readonly earlier?: ReadonlyArray<Report>
  /** What still earlier reports tell of planets. */
  readonly archive?: ReadonlyArray<SeenThen>
}

/** The map of a report. */
export const sceneOf = (report: Report, { joined = true, earlier = [], archive = [] }: SceneOptions = {}): Scene => {
  const space: Space = { side: Math.max(1, report.summary.size), joined }
  const styles = raceStyles(report)
  const classes = classIndex(report)
  const stance = stanceOf(report)
  const memory = memoryOf([...archive, ...earlier.map(seenThen)], report.turn)
  const known: ReadonlyArray<Known> = [
    ...knownOf(report),
    ...report.unknown_planets.map((it): Known => {
      const then = memory.get(it.number)
      if (then !== undefined) return { ...remembered(then), ...it }
      return {
        ...it,
        kind: "unknown",
        name: "",
        size: 0,
        filled: 0,
        resources: undefined,
        owner: undefined,
        seen: undefined
      }
    })
  ]
  const standing = grouped(
    report.my_groups.filter(({ origin }) => origin === undefined),
    ({ destination }) => destination
  )
  const foreign = grouped(report.foreign_groups, ({ destination }) => destination)
  const guestsOf = makeGuests(report, classes, styles)
  const fights = new Set([...report.battles, ...report.bombings].map(({ planet }) => planet))
  const threats = new Map<number, number>()
  for (const { destination } of report.approaching_groups) {
    threats.set(destination, (threats.get(destination) ?? 0) + 1)
  }
  const spots = known.map((it): Spot => {
    const own = standing.get(it.number) ?? []
    const count = (scouts: boolean) =>
      own.reduce((sum, group) => sum + (isScout(classes, report.race, group) === scouts ? group.ships : 0), 0)
    return {
      number: it.number,
      x: wrap(space, it.x),
      y: wrap(space, it.y),
      kind: it.kind,
      name: it.name,
      size: it.size,
      filled: it.filled,
      resources: it.resources,
      owner: it.owner,
      style: it.owner === undefined ? undefined : styles.get(it.owner),
      stance: stance(it.owner),
      seen: it.seen,
      ships: count(false),
      scouts: count(true),
      guests: guestsOf(foreign.get(it.number) ?? []),
      fight: fights.has(it.number),
      threats: threats.get(it.number) ?? 0
    }
  })
  const byNumber = new Map(spots.map((it) => [it.number, it]))
  const blips = [report, ...earlier.filter(({ turn }) => turn < report.turn && turn >= report.turn - trackTurns)]
  return {
    space,
    turn: report.turn,
    race: report.race,
    spots,
    byNumber,
    hits: hitIndex(space, spots),
    courses: coursesOf(report, space, byNumber),
    routes: makeRoutes(report, space, byNumber),
    blips: blips.map((it) => ({
      age: report.turn - it.turn,
      places: it.unidentified_groups.map(({ x, y }) => ({ x: wrap(space, x), y: wrap(space, y) }))
    })),
    styles,
    classes,
    home: spots
      .filter(({ kind }) => kind === "mine")
      .toSorted((a, b) => b.filled * b.size - a.filled * a.size || a.number - b.number)[0],
    richest: spots.reduce((most, { resources }) => Math.max(most, resources ?? 0), 0)
  }
}
