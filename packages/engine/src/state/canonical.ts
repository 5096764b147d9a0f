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

/** The text of a value. Throws an `Error` on a number that JSON can't hold. */
export const canonicalJson = (value: StateJson): string => {
  if (value === null || typeof value !== "object") {
    // JSON has no other numbers; writing null instead would lose one silently.
    if (typeof value === "number" && !Number.isFinite(value))
      throw new Error(`${value} can't be written as a JSON number`)
    return JSON.stringify(value)
  }
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`
  const members = Object.keys(value)
    .toSorted()
    .flatMap((key) => {
      const member = value[key]
      return member === undefined ? [] : [`${JSON.stringify(key)}:${canonicalJson(member)}`]
    })
  return `{${members.join(",")}}`
}
