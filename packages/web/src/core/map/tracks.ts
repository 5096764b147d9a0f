/**
 * Tracks of unidentified groups. A report gives them no names, but what flies goes straight on at one speed: three places of
 * three turns that lie on a line in equal steps are one group's.
 */
import { hitIndex } from "./hit.ts"
import type { Blips } from "./sceneTypes.ts"
import { type Coordinates, near, type Space } from "./space.ts"

/** Where a group was, from the oldest place to the newest; each at the copy nearest to the one before. */
export type Track = ReadonlyArray<Coordinates>

/** Places are rounded to two decimals, and a step is the difference of two of them. */
const tolerance = 0.03

/**
 * The tracks that end at a place of this turn. Groups that nobody saw in three turns have none. No group makes more than
 * `fastest` light years a turn.
 */
export const tracksOf = (space: Space, blips: ReadonlyArray<Blips>, fastest: number): ReadonlyArray<Track> => {
  const byAge = new Map(blips.map((it) => [it.age, it.places]))
  const ages = [0, 1, 2, 3].map((age) => byAge.get(age) ?? [])
  const [now = [], before = []] = ages
  const indexes = ages.map((places) => hitIndex(space, places))
  return now.flatMap((place): ReadonlyArray<Track> => {
    const tracks: Array<Track> = []
    for (const index of indexes[1]?.within(place, fastest) ?? []) {
      const there = before[index]
      if (there === undefined) continue
      const first = { x: near(space, place.x, there.x), y: near(space, place.y, there.y) }
      const step = { x: place.x - first.x, y: place.y - first.y }
      if (Math.hypot(step.x, step.y) <= tolerance) continue
      const track = [place, first]
      for (const older of indexes.slice(2)) {
        const age = track.length
        const guess = { x: place.x - step.x * age, y: place.y - step.y * age }
        if (older.within(guess, tolerance * age).length === 0) break
        track.push(guess)
      }
      if (track.length > 2) tracks.push(track.toReversed())
    }
    return tracks
  })
}
