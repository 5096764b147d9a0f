/**
 * Reads the recorded cases of the rules, from the folder beside the tests or the one that GALAXY_ORACLE_DIR names.
 *
 * Tests say nothing of how many cases there are or what they are called, so that larger files can take the place of
 * these. A case whose shape isn't known fails; one that isn't run is skipped with its reason.
 */
/* oxlint-disable vitest/no-conditional-tests, vitest/valid-title, vitest/expect-expect, vitest/no-disabled-tests --
   tests are registered from data here: titles are those of cases, and the assertions are in what `plan` gives back */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import type { ShipClass } from "@galaxy/engine/state/Galaxy"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const folder = process.env["GALAXY_ORACLE_DIR"] ?? fileURLToPath(new URL("../oracle", import.meta.url))

interface Identified {
  readonly id: string
}

const Cases = Schema.Struct({
  cases: Schema.NonEmptyArray(
    Schema.StructWithRest(Schema.Struct({ id: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
  )
})

/** What a file says beside its cases, and its cases, not looked into. */
export const fileOf = (
  name: string
): { readonly [key: string]: unknown; readonly cases: ReadonlyArray<Identified> } => {
  const content: unknown = JSON.parse(readFileSync(resolve(folder, `${name}.json`), "utf8"))
  return { ...(content as object), cases: Schema.decodeUnknownSync(Cases)(content).cases }
}

/** What to do with a case: run it, or leave it out for a reason. */
export type Plan = (() => void) | { readonly skip: string }

export const skip = (reason: string): Plan => ({ skip: reason })

/** One test for each case of a file; `plan` classifies a case by what it says of itself. */
export const eachCase = <A extends Identified, I>(
  name: string,
  shape: Schema.Codec<A, I>,
  plan: (one: A) => Plan,
  cases: ReadonlyArray<Identified> = fileOf(name).cases
): void => {
  describe(`${name}.json`, () => {
    const decodeKnown = Schema.decodeUnknownSync(shape)
    const decode = (raw: Identified): A => {
      const known = decodeKnown(raw)
      // Remarks may be added to a case, but nothing that it expects is passed over.
      const unread = Object.keys(raw).filter((key) => /^(expected|observed)/u.test(key) && !(key in known))
      if (unread.length > 0) throw new Error(`nothing reads ${unread.join(", ")}`)
      return known
    }
    for (const [at, raw] of cases.entries()) {
      let todo: Plan
      try {
        todo = plan(decode(raw))
      } catch (cause) {
        todo = () => assert.fail(`this case has an unknown shape: ${String(cause)}`)
      }
      const title = `${at} ${raw.id}`
      if (typeof todo === "function") it(title, todo)
      else it.skip(`${title} (${todo.skip})`)
    }
  })
}

/** Whether two numbers are the same up to a relative (below 1: absolute) difference. */
export const isNear = (actual: number | undefined, wanted: number | undefined, tolerance = 1e-9): boolean =>
  actual !== undefined &&
  wanted !== undefined &&
  (actual === wanted || Math.abs(actual - wanted) <= tolerance * Math.max(1, Math.abs(wanted)))

export const near = (actual: number | undefined, wanted: number | undefined, what: string, tolerance?: number): void =>
  assert.isTrue(isNear(actual, wanted, tolerance), `${what} is ${actual} instead of ${wanted}`)

/** What of the expected numbers isn't so, one line each. */
export const departures = (
  actual: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  tolerance?: number
): ReadonlyArray<string> =>
  Object.entries(wanted).flatMap(([name, value]) => {
    const is = actual[name]
    const same = typeof value === "number" && typeof is === "number" ? isNear(is, value, tolerance) : is === value
    return same ? [] : [`${name} is ${String(is)} instead of ${String(value)}`]
  })

/** A ship class as the cases write it. */
export const design = {
  D: Schema.Finite,
  A: Schema.Finite,
  W: Schema.Finite,
  S: Schema.Finite,
  C: Schema.Finite
}

export const shipClass = (
  name: string,
  {
    D,
    A,
    W,
    S,
    C
  }: { readonly D: number; readonly A: number; readonly W: number; readonly S: number; readonly C: number }
): ShipClass => ({ name, drive: D, armament: A, weapons: W, shields: S, cargo: C })
