/** The assertions of the suites, over Node's: suites run with any test runner, so they use none of them. */
import assert from "node:assert/strict"

/** The values are equal, and of the same type. */
export const strictEqual = (value: unknown, wanted: unknown, message?: string): void =>
  assert.strictEqual(value, wanted, message)

/** The values differ. */
export const notStrictEqual = (value: unknown, other: unknown, message?: string): void =>
  assert.notStrictEqual(value, other, message)

/** The values have equal parts. */
export const deepStrictEqual = (value: unknown, wanted: unknown, message?: string): void =>
  assert.deepStrictEqual(value, wanted, message)

/** The text fits the pattern. */
export const match = (text: string, pattern: RegExp, message?: string): void => assert.match(text, pattern, message)

/** Fails. */
export const fail = (message: string): never => assert.fail(message)

/** The value is `true` itself. */
export const isTrue = (value: unknown, message?: string): void => assert.strictEqual(value, true, message)

/** The value is `false` itself. */
export const isFalse = (value: unknown, message?: string): void => assert.strictEqual(value, false, message)

/** The value counts as true. */
export const isOk = (value: unknown, message?: string): void => assert.ok(value, message)

/** The value is an object, and not null. */
export const isObject = (value: unknown, message?: string): void =>
  assert.ok(typeof value === "object" && value !== null, message ?? `${shown(value)} is not an object`)

/** The value is a text. */
export const isString = (value: unknown, message?: string): void =>
  assert.equal(typeof value, "string", message ?? `${shown(value)} is not a text`)

/** The text or list has something in it. */
export const isNotEmpty = (value: unknown, message?: string): void =>
  assert.ok((value as { readonly length: number }).length > 0, message ?? "it is empty")

/** `value > bound`. */
export const isAbove = (value: number, bound: number, message?: string): void =>
  assert.ok(value > bound, message ?? `${value} is not above ${bound}`)

/** `value >= bound`. */
export const isAtLeast = (value: number, bound: number, message?: string): void =>
  assert.ok(value >= bound, message ?? `${value} is below ${bound}`)

const shown = (value: unknown): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return text === undefined ? String(value) : text.slice(0, 500)
}

const equal = (a: unknown, b: unknown): boolean => {
  try {
    assert.deepStrictEqual(a, b)
    return true
  } catch {
    return false
  }
}

/** The text has that part, or the list that very element. */
export const include = (whole: string | ReadonlyArray<unknown>, part: unknown, message?: string): void => {
  const has = typeof whole === "string" ? whole.includes(String(part)) : whole.includes(part)
  assert.ok(has, `${message === undefined ? "" : `${message}: `}${shown(whole)} does not include ${shown(part)}`)
}

/** The text doesn't have that part, nor the list that element. */
export const notInclude = (whole: string | ReadonlyArray<unknown>, part: unknown, message?: string): void => {
  const has = typeof whole === "string" ? whole.includes(String(part)) : whole.includes(part)
  assert.ok(!has, `${message === undefined ? "" : `${message}: `}${shown(whole)} includes ${shown(part)}`)
}

/** The list has an equal element; or the object has equal fields, and maybe others. */
export const deepInclude = (whole: unknown, part: unknown, message?: string): void => {
  if (Array.isArray(whole)) {
    assert.ok(
      whole.some((it) => equal(it, part)),
      message ?? `${shown(whole)} does not include ${shown(part)}`
    )
    return
  }
  isObject(whole, message)
  const fields = whole as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(part as object)) assert.deepStrictEqual(fields[name], value, message)
}

/** The list has all of these elements. */
export const includeMembers = (
  whole: ReadonlyArray<unknown>,
  parts: ReadonlyArray<unknown>,
  message?: string
): void => {
  for (const part of parts) include(whole, part, message)
}

/** Both lists have equal elements, in any order. */
export const sameDeepMembers = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>, message?: string): void => {
  assert.equal(a.length, b.length, message ?? `${shown(a)} and ${shown(b)} differ in length`)
  for (const it of a) deepInclude(b, it, message)
  for (const it of b) deepInclude(a, it, message)
}

/** The values differ somewhere. */
export const notDeepEqual = (a: unknown, b: unknown, message?: string): void =>
  assert.ok(!equal(a, b), message ?? `both are ${shown(a)}`)
