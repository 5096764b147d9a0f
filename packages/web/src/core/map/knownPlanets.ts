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

/** All that one report tells of planets. */
export const knownOf = (report: Report): ReadonlyArray<Known> => [
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
export const memoryOf = (earlier: ReadonlyArray<Report>, turn: number): ReadonlyMap<number, Known> => {
  const memory = new Map<number, Known>()
  const past = earlier.filter((it) => it.turn < turn).toSorted((a, b) => a.turn - b.turn)
  for (const report of past) for (const known of knownOf(report)) memory.set(known.number, known)
  return memory
}

/** A planet that was one's own and isn't seen any more: nobody knows whose it is, so it counts as nobody's. */
export const remembered = (known: Known): Known =>
  known.kind === "mine" ? { ...known, kind: "empty", filled: 0, owner: undefined } : known
