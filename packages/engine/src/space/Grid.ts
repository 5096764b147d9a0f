/** Finds items within a distance without looking at all of them: the map is divided into square cells. */
import type { Ruleset } from "../rules/Ruleset.ts"
import { distance, type Coordinates } from "./distance.ts"

/** An index of items by their place. It is built once, and items must not move afterwards. */
export class Grid<A extends Coordinates> {
  readonly #map: Ruleset["map"]
  readonly #side: number
  readonly #cells: number
  readonly #items: ReadonlyArray<A>
  /** For each cell, the positions of its items in `#items`. */
  readonly #content: ReadonlyArray<Array<number>>

  /** Results keep the order of `items`. `side` is the map's, in light years; a cell holds about one item. */
  constructor(map: Ruleset["map"], side: number, items: ReadonlyArray<A>) {
    this.#map = map
    this.#side = side
    this.#items = items
    this.#cells = Math.max(1, Math.min(64, Math.floor(Math.sqrt(items.length))))
    this.#content = Array.from({ length: this.#cells * this.#cells }, () => [])
    for (const [order, item] of items.entries()) {
      this.#content[this.#cellOf(item.x) + this.#cells * this.#cellOf(item.y)]?.push(order)
    }
  }

  #cellOf(coordinate: number): number {
    const cell = Math.floor((coordinate / this.#side) * this.#cells)
    return Math.max(0, Math.min(this.#cells - 1, cell))
  }

  /** Rows or columns of cells that lie at least partly within `radius` of a coordinate. */
  #stretch(coordinate: number, radius: number): ReadonlyArray<number> {
    const width = this.#side / this.#cells
    const first = Math.floor((coordinate - radius) / width)
    const last = Math.floor((coordinate + radius) / width)
    if (last - first + 1 >= this.#cells) return Array.from({ length: this.#cells }, (_, cell) => cell)
    const touched: Array<number> = []
    for (let cell = first; cell <= last; cell++) {
      if (this.#map === "torus") touched.push(((cell % this.#cells) + this.#cells) % this.#cells)
      else if (cell >= 0 && cell < this.#cells) touched.push(cell)
    }
    return touched
  }

  /** Items within `radius` of any of the places, each once, in their order. */
  within(places: ReadonlyArray<Coordinates>, radius: number): ReadonlyArray<A> {
    const found = new Uint8Array(this.#items.length)
    for (const place of places) {
      const columns = this.#stretch(place.x, radius)
      for (const row of this.#stretch(place.y, radius)) {
        for (const column of columns) {
          for (const order of this.#content[column + this.#cells * row] ?? []) {
            if (found[order] === 1) continue
            const item = this.#items[order]
            if (item !== undefined && distance(this.#map, this.#side, place, item) <= radius) found[order] = 1
          }
        }
      }
    }
    return this.#items.filter((_, order) => found[order] === 1)
  }
}
