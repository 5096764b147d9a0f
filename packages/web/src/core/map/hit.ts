/** What is under a finger or a pointer. */
import KDBush from "kdbush"
import { type Coordinates, near, type Space, wrap } from "./space.ts"

/** Pixels around a point in which a planet counts as meant. */
export const hitRadius = 22

/** Finds planets by place; made once for a report. */
export interface HitIndex {
  /** Indices of all within `radius` light years of a place, the nearest first. The place may be outside of the square. */
  readonly within: (place: Coordinates, radius: number) => ReadonlyArray<number>
}

/** An index of these places, which lie in the square. */
export const hitIndex = (space: Space, places: ReadonlyArray<Coordinates>): HitIndex => {
  // An empty tree can't be asked.
  if (places.length === 0) return { within: () => [] }
  const tree = new KDBush(places.length)
  for (const { x, y } of places) tree.add(x, y)
  tree.finish()
  return {
    within: (place, radius) => {
      const x = wrap(space, place.x)
      const y = wrap(space, place.y)
      const shifts = (at: number) => {
        if (!space.joined) return [0]
        return [0, ...(at < radius ? [space.side] : []), ...(at > space.side - radius ? [-space.side] : [])]
      }
      const found = new Set<number>()
      for (const dx of shifts(x)) {
        for (const dy of shifts(y)) for (const index of tree.within(x + dx, y + dy, radius)) found.add(index)
      }
      const far = (index: number) => {
        const there = places[index]
        return there === undefined ? 0 : Math.hypot(near(space, x, there.x) - x, near(space, y, there.y) - y)
      }
      return [...found].toSorted((a, b) => far(a) - far(b) || a - b)
    }
  }
}

/**
 * The one that a tap chooses among those it may mean: the nearest, or where the same spot is tapped again, the one after
 * what is chosen now.
 */
export const chosenByTap = <A>(found: ReadonlyArray<A>, chosen: A | undefined, again: boolean): A | undefined => {
  const at = again && chosen !== undefined ? found.indexOf(chosen) : -1
  return found[(at + 1) % Math.max(1, found.length)]
}
