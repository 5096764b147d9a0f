/**
 * The way of older state files to the present form: one step per version, each from the one before it.
 *
 * A file is never rewritten for it: turns that were made stay as they were written.
 */
export type StateKind = "galaxy" | "turn" | "orders" | "banished"

/** Version of the content of all state files. A change of their shape raises it and adds a step. */
export const stateVersion = 2

type Fields = { readonly [key: string]: unknown }

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const each = (list: unknown, change: (item: Fields) => Fields): unknown =>
  Array.isArray(list) ? list.map((item: unknown) => (isFields(item) ? change(item) : item)) : list

/** Version 1 knew no ships: races had no classes, sciences and groups, and planets no routes. */
const fromFirst = (kind: StateKind, content: Fields): Fields => {
  switch (kind) {
    case "galaxy":
      return {
        ...content,
        races: each(content["races"], (race) => ({ ...race, classes: [], sciences: [], groups: [] })),
        planets: each(content["planets"], (planet) => ({ ...planet, routes: {} }))
      }
    case "turn": {
      // Reports follow from the galaxy and the log.
      const { reports: _, ...rest } = content
      return rest
    }
    case "orders":
    case "banished":
      return content
  }
}

/** By the version that a step starts from. */
const steps: ReadonlyMap<number, (kind: StateKind, content: Fields) => Fields> = new Map([[1, fromFirst]])

/** Whether files of a version can be read. */
export const isReadable = (version: unknown): version is number =>
  typeof version === "number" && (version === stateVersion || steps.has(version))

/** The content in its present form. What isn't even an object is left to the schema that reads it. */
export const upgraded = (kind: StateKind, version: number, content: unknown): unknown => {
  let current = content
  for (let at = version; at < stateVersion; at++) {
    const step = steps.get(at)
    if (step === undefined || !isFields(current)) return current
    current = step(kind, current)
  }
  return current
}
