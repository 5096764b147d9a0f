/** Ships at a planet as a player counts them: one row for each class and technology, however many groups it has. */
import type { ForeignGroup, OwnGroup, Report } from "@galaxy/contract/engine/Report"
import type { Taken } from "./cargo.ts"
import type { Intents, Sending } from "./intents.ts"
import type { Chosen } from "./mode.ts"
import type { Stance } from "./scene.ts"
import type { RaceStyle } from "./raceStyle.ts"
import { type ClassIndex, isArmed, isScout } from "./shipClasses.ts"

/** The levels of ships, in the order drive, weapons, shields, cargo. */
export type Levels = Pick<OwnGroup, "drive" | "weapons" | "shields" | "cargo">

/** Own ships of one class, technology and load that stand side by side and do the same. */
export interface OwnRow {
  readonly key: string
  readonly class: string
  readonly levels: Levels
  readonly goods: string
  /** Of one ship. */
  readonly load: number
  readonly speed: number
  readonly fleet: string | undefined
  readonly armed: boolean
  readonly scout: boolean
  readonly hold: boolean
  readonly ships: number
  /** The groups that it is made of, largest first. */
  readonly groups: ReadonlyArray<OwnGroup>
  /** Where the draft sends them; undefined where they stay. */
  readonly sending: Sending | undefined
}

/** Foreign ships of one race, class and technology. */
export interface GuestRow {
  readonly key: string
  /** Place of the first of its groups in the report. */
  readonly index: number
  readonly race: string
  readonly style: RaceStyle | undefined
  readonly stance: Stance
  readonly class: string
  readonly levels: Levels
  readonly speed: number
  readonly armed: boolean
  readonly ships: number
  readonly groups: number
}

const levelsOf = ({ drive, weapons, shields, cargo }: Levels): Levels => ({ drive, weapons, shields, cargo })
const levelsKey = ({ drive, weapons, shields, cargo }: Levels) => `${drive} ${weapons} ${shields} ${cargo}`

const fold = <A>(all: ReadonlyArray<A>, key: (it: A) => string): ReadonlyArray<readonly [string, ReadonlyArray<A>]> => {
  const rows = new Map<string, Array<A>>()
  for (const it of all) {
    const there = rows.get(key(it))
    if (there === undefined) rows.set(key(it), [it])
    else there.push(it)
  }
  return [...rows]
}

/** Own ships that stand at a planet: armed ones first, scouts last. */
export const ownRows = (
  report: Report,
  classes: ClassIndex,
  planet: number,
  intents: Intents
): ReadonlyArray<OwnRow> => {
  const here = report.my_groups.filter((it) => it.destination === planet && it.origin === undefined)
  const sendings = new Map(intents.sendings.map((it) => [it.group, it]))
  const key = (it: OwnGroup) =>
    [it.class, levelsKey(it), it.goods, it.load, it.speed, it.fleet ?? "", sendings.get(it.number)?.to ?? ""].join("|")
  return fold(here, key)
    .flatMap(([key, groups]): ReadonlyArray<OwnRow> => {
      const [first] = groups
      if (first === undefined) return []
      return [
        {
          key,
          class: first.class,
          levels: levelsOf(first),
          goods: first.goods,
          load: first.load,
          speed: first.speed,
          fleet: first.fleet,
          armed: isArmed(classes, report.race, first),
          scout: isScout(classes, report.race, first),
          hold: (classes.get(report.race, first.class)?.cargo ?? first.cargo) > 0,
          ships: groups.reduce((sum, { ships }) => sum + ships, 0),
          groups: groups.toSorted((a, b) => b.ships - a.ships || a.number - b.number),
          sending: sendings.get(first.number)
        }
      ]
    })
    .toSorted(
      (a, b) => Number(b.armed) - Number(a.armed) || Number(a.scout) - Number(b.scout) || a.class.localeCompare(b.class)
    )
}

/** Foreign ships at a planet: those at war first, armed ones before unarmed. */
export const guestRows = (
  report: Report,
  classes: ClassIndex,
  styles: ReadonlyMap<string, RaceStyle>,
  planet: number
): ReadonlyArray<GuestRow> => {
  const relations = new Map(report.players.map(({ name, relation }) => [name, relation]))
  const here = report.foreign_groups.filter(({ destination }) => destination === planet)
  const key = (it: ForeignGroup) => [it.race, it.class, levelsKey(it)].join("|")
  return fold(here, key)
    .flatMap(([key, groups]): ReadonlyArray<GuestRow> => {
      const [first] = groups
      if (first === undefined) return []
      return [
        {
          key,
          index: report.foreign_groups.indexOf(first),
          race: first.race,
          style: styles.get(first.race),
          stance: relations.get(first.race) ?? "war",
          class: first.class,
          levels: levelsOf(first),
          speed: first.speed,
          armed: isArmed(classes, first.race, first),
          ships: groups.reduce((sum, { ships }) => sum + ships, 0),
          groups: groups.length
        }
      ]
    })
    .toSorted(
      (a, b) => Number(b.armed) - Number(a.armed) || a.race.localeCompare(b.race) || a.class.localeCompare(b.class)
    )
}

/** So many ships of a row by its groups: whole groups first, and part of the last one. Above what there is means all. */
export const taken = (row: OwnRow, count: number): ReadonlyArray<Taken> => {
  const found: Array<Taken> = []
  let left = count
  for (const group of row.groups) {
    if (left <= 0) break
    found.push({ group, ships: Math.min(left, group.ships) })
    left -= group.ships
  }
  return found
}

/** The same as orders name them: `ships` is 0 for a whole group. */
export const take = (row: OwnRow, count: number): ReadonlyArray<{ readonly group: number; readonly ships: number }> =>
  taken(row, count).map(({ group, ships }) => ({ group: group.number, ships: ships >= group.ships ? 0 : ships }))

/** How many ships of a row are meant, by the row's key; a row that isn't there means none. */
export type Picked = ReadonlyMap<string, number>

/** Rows whose ships can be given a destination: they have a drive. */
export const canFly = (row: OwnRow): boolean => row.speed > 0

/**
 * What these ships are in orders: a fleet all of whose ships here are meant is named as one and stays together, other
 * ships by their groups.
 */
export const chosenOf = (rows: ReadonlyArray<OwnRow>, picked: Picked): ReadonlyArray<Chosen> => {
  const all = (row: OwnRow) => (picked.get(row.key) ?? 0) >= row.ships
  const whole = new Set(
    rows.flatMap(({ fleet }) =>
      fleet !== undefined && rows.every((row) => row.fleet !== fleet || all(row)) ? [fleet] : []
    )
  )
  return [
    ...[...whole].map((fleet) => ({ fleet })),
    ...rows.flatMap((row) =>
      row.fleet !== undefined && whole.has(row.fleet) ? [] : take(row, picked.get(row.key) ?? 0)
    )
  ]
}
