/**
 * Brings the content of older state files to the present form, with one step per version.
 *
 * Files are never rewritten for it: turns that were made stay as they were written.
 */
import { Predicate, Result } from "effect"

/** Kinds of state files; part of the format that a file names in its first line. */
export type StateKind = "galaxy" | "turn" | "orders" | "banished" | "computers"

/** Version of the content of all state files. A change of their shape raises it and adds a step. */
export const stateVersion = 5

type Fields = { readonly [key: string]: unknown }

const each = (list: unknown, change: (item: Fields) => Fields): unknown =>
  Array.isArray(list) ? list.map((item: unknown) => (Predicate.isReadonlyObject(item) ? change(item) : item)) : list

type Step = (kind: StateKind, content: Fields) => Result.Result<Fields, string>

const has = (list: unknown, key: string): boolean =>
  Array.isArray(list) && list.some((item: unknown) => Predicate.isReadonlyObject(item) && Object.hasOwn(item, key))

/**
 * Whether content can't be from version 1. The digest of that version doesn't cover the version number, so somebody may
 * have put it there.
 */
const isLater = (kind: StateKind, content: Fields): boolean =>
  kind === "galaxy"
    ? ["classes", "sciences", "groups"].some((key) => has(content["races"], key)) || has(content["planets"], "routes")
    : kind === "turn" && !Object.hasOwn(content, "reports")

/** Version 1 had no ships: races had no classes, sciences and groups, and planets no routes. */
const fromFirst: Step = (kind, content) =>
  isLater(kind, content)
    ? Result.fail("says version 1 but has content of a later version")
    : Result.succeed(withShips(kind, content))

/** Version 2 differs from version 3 only in what its digest covers. */
const fromSecond: Step = (_, content) => Result.succeed(content)

/** Version 3 had no races that the engine plays itself. */
const fromThird: Step = (_, content) => Result.succeed(content)

/** Version 4 didn't count how often a list of orders was written. */
const fromFourth: Step = (kind, content) =>
  Result.succeed(kind === "orders" && !Object.hasOwn(content, "revision") ? { ...content, revision: 1 } : content)

const withShips = (kind: StateKind, content: Fields): Fields => {
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
    case "computers":
      return content
  }
}

/** By the version that a step starts from. */
const steps: ReadonlyMap<number, Step> = new Map([
  [1, fromFirst],
  [2, fromSecond],
  [3, fromThird],
  [4, fromFourth]
])

/** Whether files of a version can be read. */
export const isReadable = (version: unknown): version is number =>
  typeof version === "number" && (version === stateVersion || steps.has(version))

/**
 * The content in the present form, or why it can't be brought there. Content that isn't an object is left to the schema
 * that reads it.
 */
export const upgraded = (kind: StateKind, version: number, content: unknown): Result.Result<unknown, string> => {
  let current = content
  for (let at = version; at < stateVersion; at++) {
    const step = steps.get(at)
    if (step === undefined || !Predicate.isReadonlyObject(current)) break
    const next = step(kind, current)
    if (Result.isFailure(next)) return next
    current = next.success
  }
  return Result.succeed(current)
}
