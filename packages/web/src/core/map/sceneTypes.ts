/** The parts of the map's scene. */
import type { HitIndex } from "./hit.ts"
import type { RaceStyle } from "./raceStyle.ts"
import type { ClassIndex } from "./shipClasses.ts"
import type { Coordinates, Space } from "./space.ts"

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
  /** The number of its first own group, or the place among the approaching ones. */
  readonly id: number
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
