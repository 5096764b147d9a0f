/**
 * Names of planets while a text of orders is read. An order that renames a planet gives it the new name for the lines
 * that follow, as the engine will do.
 */
import { keyOfTyped } from "../orders/keyOf.ts"

/** Planets by their names, in any case. */
export class PlanetNames {
  readonly #numbers: Map<string, number>
  /** What planets are called by orders that were read. */
  readonly #given = new Map<number, string>()

  /** Names as they are before the first order. */
  constructor(names: ReadonlyArray<readonly [name: string, planet: number]>) {
    this.#numbers = new Map(names.map(([name, planet]) => [keyOfTyped(name), planet]))
  }

  /** The number of the planet of that name, as somebody typed it. */
  numberOf(typed: string): number | undefined {
    return this.#numbers.get(keyOfTyped(typed))
  }

  /** Gives a planet another name, unless that is now the name of another one. The old name goes on to be understood. */
  rename(planet: number, typed: string): void {
    const key = keyOfTyped(typed)
    const holder = this.#numbers.get(key)
    const isTaken = holder !== undefined && (this.#given.get(holder) ?? key) === key
    if (isTaken) return
    this.#numbers.set(key, planet)
    this.#given.set(planet, key)
  }
}
