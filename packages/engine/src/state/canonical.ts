/** One text per JSON value: keys sorted, nothing between tokens. Equal states have equal bytes. */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json | undefined }

const isList = (value: Json): value is ReadonlyArray<Json> => Array.isArray(value)

export const canonicalJson = (value: Json): string => {
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
