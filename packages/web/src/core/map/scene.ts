/**
 * What the map shows of a report, made once for each: places are in light years inside the square, and lines end at the
 * copy of their other end that is nearest, so that drawing only has to shift all of it.
 */
import type { ForeignGroup, OwnGroup, Report } from "@galaxy/contract/engine/Report"
import { hitIndex, type HitIndex } from "./hit.ts"
import { type RaceStyle, raceStyles } from "./raceStyle.ts"
import { classIndex, type ClassIndex, isArmed, isScout } from "./shipClasses.ts"
import { type Coordinates, near, type Space, wrap } from "./space.ts"

/** What is known of a planet: one's own, another race's, nobody's, or nothing but its place. */
export type SpotKind = "mine" | "foreign" | "empty" | "unknown"

/** The reader's attitude to whoever owns something. */
export type Stance = "own" | "war" | "peace"

/** A race's ships at a planet of which the reader can see them. */
export interface Guest {
  readonly race: string
  readonly style: RaceStyle | undefined
  readonly stance: Stance
  readonly ships: number
  readonly armed: boolean
  /** True where there are only scouts: unarmed ships without a hold. */
  readonly scouts: boolean
}

/** A planet. */
export interface Spot extends Coordinates {
  readonly number: number
  readonly kind: SpotKind
  /** Empty where it isn't known, or is but the number. */
  readonly name: string
  readonly size: number
  /** People ÷ size, from 0 to 1. */
  readonly filled: number
  readonly resources: number | undefined
  readonly owner: string | undefined
  readonly style: RaceStyle | undefined
  readonly stance: Stance | undefined
  /** The turn in which it was last seen; undefined for never. */
  readonly seen: number | undefined
  /** Own ships that stand there without scouts, and the scouts. */
  readonly ships: number
  readonly scouts: number
  readonly guests: ReadonlyArray<Guest>
  /** A battle or a bombing in the report's turn. */
  readonly fight: boolean
  /** How many foreign groups are known to be on their way there. */
  readonly threats: number
}

/** Ships on their way. `at` is where they are; `to` is their end, at the copy that is nearest to them. */
export interface Course {
  readonly mine: boolean
  readonly from: Coordinates
  readonly at: Coordinates
  readonly to: Coordinates
  readonly origin: number
  readonly destination: number
  /** Light years left, and light years a turn. */
  readonly distance: number
  readonly speed: number
  /** 0 where it isn't known. */
  readonly ships: number
}

/** A goods' route, by the letters of the rules. */
export type RouteGoods = "COL" | "CAP" | "MAT" | "EMP"

/** A route from an own planet. */
export interface RouteLine {
  readonly goods: RouteGoods
  readonly from: Coordinates
  readonly to: Coordinates
  readonly origin: number
  readonly destination: number
}

/** What flew where, one place for each group: now, or `age` turns ago. */
export interface Blips {
  readonly age: number
  readonly places: ReadonlyArray<Coordinates>
}

/** The map of a report. */
export interface Scene {
  readonly space: Space
  readonly turn: number
  readonly race: string
  readonly spots: ReadonlyArray<Spot>
  readonly byNumber: ReadonlyMap<number, Spot>
  readonly hits: HitIndex
  readonly courses: ReadonlyArray<Course>
  readonly routes: ReadonlyArray<RouteLine>
  readonly blips: ReadonlyArray<Blips>
  readonly styles: ReadonlyMap<string, RaceStyle>
  readonly classes: ClassIndex
  /** The reader's planet with the most people, where the map begins; undefined for a race that has none. */
  readonly home: Spot | undefined
  /** The largest known richness, for colouring by it. */
  readonly richest: number
}

/** The routes' fields of a report with the letters of their goods. */
export const routeFields = [
  ["COL", "colonists"],
  ["CAP", "capital"],
  ["MAT", "materials"],
  ["EMP", "empty"]
] as const

/** A name, unless it is only the number that every planet begins with. */
const nameOf = (number: number, name: string) => (name === String(number) ? "" : name)

type Known = Pick<Spot, "kind" | "name" | "size" | "filled" | "resources" | "owner" | "seen"> &
  Coordinates & { readonly number: number }

const filled = (population: number, size: number) => (size > 0 ? Math.min(1, population / size) : 0)

/** All that one report tells of planets. */
const knownOf = (report: Report): ReadonlyArray<Known> => [
  ...report.my_planets.map(
    (it): Known => ({
      ...it,
      kind: "mine",
      name: nameOf(it.number, it.name),
      filled: filled(it.population, it.size),
      owner: report.race,
      seen: report.turn
    })
  ),
  ...report.foreign_planets.map(
    (it): Known => ({
      ...it,
      kind: "foreign",
      name: nameOf(it.number, it.name),
      filled: filled(it.population, it.size),
      seen: report.turn
    })
  ),
  ...report.uninhabited_planets.map(
    (it): Known => ({
      ...it,
      kind: "empty",
      name: nameOf(it.number, it.name),
      filled: 0,
      owner: undefined,
      seen: report.turn
    })
  )
]

/** The newest of what earlier reports of the game tell of each planet. */
const memoryOf = (earlier: ReadonlyArray<Report>, turn: number): ReadonlyMap<number, Known> => {
  const memory = new Map<number, Known>()
  const past = earlier.filter((it) => it.turn < turn).toSorted((a, b) => a.turn - b.turn)
  for (const report of past) for (const known of knownOf(report)) memory.set(known.number, known)
  return memory
}

/** A planet that was one's own and isn't seen any more: nobody knows whose it is, so it counts as nobody's. */
const remembered = (known: Known): Known =>
  known.kind === "mine" ? { ...known, kind: "empty", filled: 0, owner: undefined } : known

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

const placeAt = (space: Space, from: Coordinates, to: Coordinates, left: number): Coordinates => {
  const dx = near(space, to.x, from.x) - to.x
  const dy = near(space, to.y, from.y) - to.y
  const way = Math.hypot(dx, dy)
  const share = way === 0 ? 0 : Math.min(1, left / way)
  return { x: to.x + dx * share, y: to.y + dy * share }
}

const makeCourses = (report: Report, space: Space, spots: ReadonlyMap<number, Coordinates>) => {
  const courses: Array<Course> = []
  const add = (rest: Omit<Course, "from" | "at" | "to">) => {
    const from = spots.get(rest.origin)
    const to = spots.get(rest.destination)
    if (from === undefined || to === undefined) return
    const at = placeAt(space, from, to, rest.distance)
    courses.push({ ...rest, from: { x: near(space, to.x, from.x), y: near(space, to.y, from.y) }, at, to })
  }
  // Groups that fly side by side are one line.
  const flying = new Map<string, { readonly group: OwnGroup; ships: number }>()
  for (const group of report.my_groups) {
    if (group.origin === undefined || group.distance === undefined) continue
    const key = `${group.origin} ${group.destination} ${group.distance} ${group.speed}`
    const there = flying.get(key)
    if (there === undefined) flying.set(key, { group, ships: group.ships })
    else there.ships += group.ships
  }
  for (const { group, ships } of flying.values()) {
    const { origin = 0, destination, distance = 0, speed } = group
    add({ mine: true, origin, destination, distance, speed, ships })
  }
  for (const { origin, destination, distance, speed } of report.approaching_groups) {
    add({ mine: false, origin, destination, distance, speed, ships: 0 })
  }
  return courses
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

/** Options of a scene: whether the edges are joined, and the reports of earlier turns that are on this device. */
export interface SceneOptions {
  readonly joined?: boolean
  readonly earlier?: ReadonlyArray<Report>
}

/** The map of a report. */
export const sceneOf = (report: Report, { joined = true, earlier = [] }: SceneOptions = {}): Scene => {
  const space: Space = { side: Math.max(1, report.summary.size), joined }
  const styles = raceStyles(report)
  const classes = classIndex(report)
  const stance = stanceOf(report)
  const memory = memoryOf(earlier, report.turn)
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
    courses: makeCourses(report, space, byNumber),
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
