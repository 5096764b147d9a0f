/**
 * Reads a group of settings from an environment: all values, or every problem at once.
 *
 * An unknown variable under our prefixes is a problem too: a misspelt name must not silently leave a default in place.
 */
import { Data } from "effect"
import type { Setting } from "./Setting.ts"

type AnySetting = Setting<unknown>
/** A group of settings, by the keys under which their values are returned. */
export type Settings = Readonly<Record<string, AnySetting>>

/** The values of a group: `undefined` is possible only for an optional setting. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends { readonly optional: true }
    ? (S[K] extends Setting<infer A> ? A : never) | undefined
    : S[K] extends Setting<infer A>
      ? A
      : never
}

/** The configuration is wrong: one line per problem, no secret in any. */
export class ConfigurationInvalid extends Data.TaggedError("ConfigurationInvalid")<{
  readonly problems: ReadonlyArray<string>
}> {
  override get message(): string {
    return this.problems.join("\n")
  }
}

/** Environment variables; an empty one counts as unset. */
export type Environment = Readonly<Record<string, string | undefined>>

const prefixes = ["BACKEND_", "GATEWAY_", "GALAXY_", "USERSERVICE_"]
/** Of engines, tests and the operators' command line, which may stand in the same environment. */
const ownPrefixes = ["GALAXY_ADMIN_", "GALAXY_TEST_", "GALAXY_ENGINE_", "GALAXY_STATE_", "GALAXY_EXIT_"]

const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same))
    }
    row = next
  }
  return row[right.length] ?? 0
}

const unknownNames = (environment: Environment, known: ReadonlySet<string>): ReadonlyArray<string> =>
  Object.keys(environment)
    .filter((name) => prefixes.some((it) => name.startsWith(it)) && !ownPrefixes.some((it) => name.startsWith(it)))
    .filter((name) => !known.has(name))
    .toSorted()
    .map((name) => {
      const near = [...known].map((it) => [distance(name, it), it] as const).toSorted((a, b) => a[0] - b[0])[0]
      const hint = near !== undefined && near[0] <= 4 ? `; did you mean ${near[1]}?` : ""
      return `${name}: no such setting${hint}`
    })

/**
 * Reads `settings`; `known` are the names of every process, so that one environment file may serve them all.
 */
export const load = <const S extends Settings>(
  settings: S,
  environment: Environment,
  known: ReadonlySet<string>
): Values<S> | ConfigurationInvalid => {
  const values: Record<string, unknown> = {}
  const problems: Array<string> = []
  for (const [key, setting] of Object.entries(settings)) {
    const given = environment[setting.name]
    if (given === undefined || given === "") {
      if (setting.fallback !== undefined) values[key] = setting.fallback
      else if (!setting.optional) problems.push(`${setting.name}: must be set (${setting.about})`)
      continue
    }
    const parsed = setting.parse(given)
    if ("value" in parsed) values[key] = parsed.value
    else {
      problems.push(`${setting.name}: ${parsed.problem}${setting.secret ? "" : ` (it is "${given.slice(0, 80)}")`}`)
      for (const problem of parsed.more ?? []) problems.push(`${setting.name}: ${problem}`)
    }
  }
  problems.push(...unknownNames(environment, known))
  return problems.length > 0 ? new ConfigurationInvalid({ problems }) : (values as Values<S>)
}
