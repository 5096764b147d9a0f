/** Which ships at the chosen planet are meant: those that were picked, or all but scouts. */
import type { PlanetView } from "../../core/map/planet.ts"
import { slowest } from "../../core/map/reach.ts"
import { canFly, chosenOf, type OwnRow, type Picked, taken } from "../../core/map/ships.ts"

/** The choice of ships at a planet; undefined where none is chosen. */
export const makePickedShips = (planet: () => PlanetView | undefined) => {
  let picked = $state.raw<Picked>(new Map())
  const fliers = $derived((planet()?.own ?? []).filter(canFly))
  const meant = $derived.by((): Picked => {
    const some = [...picked].filter(([key, count]) => count > 0 && planet()?.own.some((row) => row.key === key))
    if (some.length > 0) return new Map(some)
    const staying = fliers.filter(({ sending }) => sending === undefined)
    const usual = staying.filter(({ scout }) => !scout)
    return new Map((usual.length > 0 ? usual : staying).map((row) => [row.key, row.ships]))
  })
  const rows = $derived((planet()?.own ?? []).filter(({ key }) => meant.has(key)))

  return {
    picked: () => picked,
    pick: (row: OwnRow, count: number) => {
      const next = new Map(picked)
      if (count <= 0) next.delete(row.key)
      else next.set(row.key, Math.min(count, row.ships))
      picked = next
    },
    clear: () => {
      picked = new Map()
    },
    /** Rows of which ships are meant. */
    rows: () => rows,
    count: () => [...meant.values()].reduce((sum, count) => sum + count, 0),
    /** Light years a turn of the slowest that can fly; undefined where none can. */
    speed: () => slowest(rows.filter(canFly)),
    /** The meant ships that can fly, as orders name them. */
    chosen: () => {
      const flying = rows.filter(canFly)
      return chosenOf(planet()?.own ?? [], new Map(flying.map((row) => [row.key, meant.get(row.key) ?? 0])))
    },
    /** The picked ships of these rows by their groups, or all of them where none of them is picked. */
    taken: (rows: ReadonlyArray<OwnRow>) => {
      const some = rows.some(({ key }) => (picked.get(key) ?? 0) > 0)
      return rows.flatMap((row) => taken(row, some ? (picked.get(row.key) ?? 0) : row.ships))
    }
  }
}

/** The choice of ships at work. */
export type PickedShips = ReturnType<typeof makePickedShips>
