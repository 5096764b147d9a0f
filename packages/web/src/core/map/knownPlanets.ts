/** What reports tell of planets, this turn's and those before. */
import type { Report } from "@galaxy/contract/engine/Report"
import type { Spot } from "./sceneTypes.ts"
import type { Coordinates } from "./space.ts"

/** A name, unless it is only the number that every planet begins with. */
const nameOf = (number: number, name: string) => (name === String(number) ? "" : name)

/** A planet as one report tells of it. */
export type Known = Pick<Spot, "kind" | "name" | "size" | "filled" | "resources" | "owner" | "seen"> &
  Coordinates & { readonly number: number }

const filled = (population: number, size: number) => (size > 0 ? Math.min(1, population / size) : 0)

const plain = (
  { number, x, y, size, resources }: Report["uninhabited_planets"][number],
  name: string,
  seen: number
): Known => ({
  number,
  x,
  y,
  size,
  resources,
  kind: "empty",
  name: nameOf(number, name),
  filled: 0,
  owner: undefined,
  seen
})

/** All that one report tells of planets. */
export const knownOf = (report: Report): ReadonlyArray<Known> => [
  ...report.my_planets.map(
    (it): Known => ({
      ...plain(it, it.name, report.turn),
      kind: "mine",
      filled: filled(it.population, it.size),
      owner: report.race
    })
  ),
  ...report.foreign_planets.map(
    (it): Known => ({
      ...plain(it, it.name, report.turn),
      kind: "foreign",
      filled: filled(it.population, it.size),
      owner: it.owner
    })
  ),
  ...report.uninhabited_planets.map((it): Known => plain(it, it.name, report.turn))
]

/** What the report of a turn tells of planets; of an old report the map needs nothing else. */
export interface SeenThen {
  readonly turn: number
  readonly planets: ReadonlyArray<Known>
}

/** The planets of a report, by themselves. */
export const seenThen = (report: Report): SeenThen => ({ turn: report.turn, planets: knownOf(report) })

/** The newest of what was seen of each planet before a turn. */
export const memoryOf = (seen: ReadonlyArray<SeenThen>, turn: number): ReadonlyMap<number, Known> => {
  const memory = new Map<number, Known>()
  const past = seen.filter((it) => it.turn < turn).toSorted((a, b) => a.turn - b.turn)
  for (const { planets } of past) for (const known of planets) memory.set(known.number, known)
  return memory
}

/** A planet that was one's own and isn't seen any more: nobody knows whose it is, so it counts as nobody's. */
export const remembered = (known: Known): Known =>
  known.kind === "mine" ? { ...known, kind: "empty", filled: 0, owner: undefined } : known
