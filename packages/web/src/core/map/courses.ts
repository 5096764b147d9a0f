/** Courses of ships in space. */
import type { OwnGroup, Report } from "@galaxy/contract/engine/Report"
import type { Course } from "./sceneTypes.ts"
import { type Coordinates, near, type Space } from "./space.ts"

const placeAt = (space: Space, from: Coordinates, to: Coordinates, left: number): Coordinates => {
  const dx = near(space, to.x, from.x) - to.x
  const dy = near(space, to.y, from.y) - to.y
  const way = Math.hypot(dx, dy)
  const share = way === 0 ? 0 : Math.min(1, left / way)
  return { x: to.x + dx * share, y: to.y + dy * share }
}

/**
 * All that flies to a known end: own groups, and foreign ones that approach. Ends are at the copy that is nearest to the
 * ships. What begins or ends at a planet that isn't in `spots` is left out.
 */
export const coursesOf = (
  report: Report,
  space: Space,
  spots: ReadonlyMap<number, Coordinates>
): ReadonlyArray<Course> => {
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
    add({ mine: true, id: group.number, origin, destination, distance, speed, ships })
  }
  for (const [id, { origin, destination, distance, speed }] of report.approaching_groups.entries()) {
    add({ mine: false, id, origin, destination, distance, speed, ships: 0 })
  }
  return courses
}
