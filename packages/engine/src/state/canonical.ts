/** One text per JSON value: keys sorted, nothing between tokens. Equal states have equal bytes. */

/** A JSON value. Members that are undefined count as absent. */
export type StateJson =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<StateJson>
  | { readonly [key: string]: StateJson | undefined }

const isList = (value: StateJson): value is ReadonlyArray<StateJson> => Array.isArray(value)

/** The keys of an object in their order, with what copies need to know of them. */
interface Keys {
  readonly met: ReadonlyArray<string>
  readonly sorted: ReadonlyArray<string>
  /** Objects keep some keys in an order of their own, and one key isn't kept at all. */
  readonly copyable: boolean
}

const isSame = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean =>
  one.every((key, at) => key === other[at])

const keptAsWritten = (key: string): boolean => key !== "__proto__" && !/^\d+$/.test(key)

/** Sorts keys. Objects of a state have few different lists of keys, so each is sorted once. */
class KeyOrders {
  readonly #byLength = new Map<number, Array<Keys>>()
  of(met: ReadonlyArray<string>): Keys {
    let alike = this.#byLength.get(met.length)
    if (alike === undefined) this.#byLength.set(met.length, (alike = []))
    const known = alike.find((it) => isSame(it.met, met))
    if (known !== undefined) return known
    const keys = { met, sorted: met.toSorted(), copyable: met.every(keptAsWritten) }
    // Bounded, for values that aren't states.
    if (alike.length < 32) alike.push(keys)
    return keys
  }
}

const text = (value: StateJson): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (isList(value)) return `[${value.map(text).join(",")}]`
  const members = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const member = value[key]
      return member === undefined ? [] : [`${JSON.stringify(key)}:${text(member)}`]
    })
  return `{${members.join(",")}}`
}

/**
 * The text of a value. Throws an `Error` on a number that JSON can't hold.
 *
 * The platform writes a copy whose keys are sorted, which takes a fraction of the time that writing it here would.
 */
export const canonicalJson = (value: StateJson): string => {
  const orders = new KeyOrders()
  let copyable = true
  const sorted = (it: StateJson): StateJson => {
    if (typeof it === "number") {
      // JSON has no other numbers; writing null instead would lose one silently.
      if (!Number.isFinite(it)) throw new Error(`${it} can't be written as a JSON number`)
      return it
    }
    if (it === null || typeof it !== "object") return it
    if (isList(it)) return it.map(sorted)
    const keys = orders.of(Object.keys(it))
    copyable &&= keys.copyable
    const copy: { [key: string]: StateJson } = {}
    for (const key of keys.sorted) {
      const member = it[key]
      if (member !== undefined) copy[key] = sorted(member)
    }
    return copy
  }
  const copy = sorted(value)
  return copyable ? JSON.stringify(copy) : text(value)
}
