/** Planets by what a player types, and by where they are. */
import type { Scene, Spot } from "./scene.ts"
import { near } from "./space.ts"

const order: Readonly<Record<Spot["kind"], number>> = { mine: 0, foreign: 1, empty: 2, unknown: 3 }

/** All planets as lists show them: own first, then others', nobody's and unknown ones, by name and number. */
export const listed = (spots: ReadonlyArray<Spot>): ReadonlyArray<Spot> =>
  spots.toSorted((a, b) => order[a.kind] - order[b.kind] || compareNames(a.name, b.name) || a.number - b.number)

/** Named planets before those that have only a number. */
const compareNames = (a: string, b: string): number => {
  if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1
  return a.localeCompare(b)
}

/** Planets whose name, owner or number fits a text, the best first; `most` of them at most. */
export const find = (scene: Scene, text: string, most = 8): ReadonlyArray<Spot> => {
  const wanted = text.trim().toLocaleLowerCase().replace(/^#/, "")
  if (wanted === "") return []
  const rank = ({ number, name, owner }: Spot): number => {
    const lower = name.toLocaleLowerCase()
    if (String(number) === wanted || lower === wanted) return 0
    if (lower.startsWith(wanted)) return 1
    if (lower.includes(wanted)) return 2
    if (owner?.toLocaleLowerCase().startsWith(wanted) === true) return 3
    return String(number).startsWith(wanted) ? 4 : -1
  }
  return listed(scene.spots)
    .map((spot) => ({ spot, at: rank(spot) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ spot }) => spot)
}

/** The own planet after this one, or before it, in the order of lists; the first where none is chosen. */
export const ownAfter = (scene: Scene, number: number | undefined, step: 1 | -1): Spot | undefined => {
  const own = listed(scene.spots.filter(({ kind }) => kind === "mine"))
  if (own.length === 0) return undefined
  const at = own.findIndex((it) => it.number === number)
  return own.at(at === -1 ? (step === 1 ? 0 : -1) : (at + step + own.length) % own.length)
}

/** A direction on the screen. */
export type Direction = "left" | "right" | "up" | "down"

/**
 * The nearest planet in a direction: within 45 degrees of it, the short way round. What lies straight ahead counts as
 * nearer than what lies aside.
 */
export const neighbour = ({ space, spots }: Scene, from: Spot, direction: Direction): Spot | undefined => {
  let best: Spot | undefined
  let least = Number.POSITIVE_INFINITY
  for (const spot of spots) {
    if (spot === from) continue
    const dx = near(space, from.x, spot.x) - from.x
    const dy = near(space, from.y, spot.y) - from.y
    const [ahead, aside] =
      direction === "left" ? [-dx, dy] : direction === "right" ? [dx, dy] : direction === "up" ? [-dy, dx] : [dy, dx]
    if (ahead <= 0 || Math.abs(aside) > ahead) continue
    const way = ahead + 2 * Math.abs(aside)
    if (way < least) {
      least = way
      best = spot
    }
  }
  return best
}
