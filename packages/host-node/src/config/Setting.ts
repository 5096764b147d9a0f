/**
 * One configuration variable: its name, how its text is read, its default and what it is for.
 *
 * The same value drives reading, `--help` and the reference page, so the three can't disagree.
 */

import { normalForm } from "@galaxy/contract/api/EmailAddress"
import { lineProblem } from "@galaxy/contract/api/Text"
import { parse as parseNetwork } from "../gateway/source/Networks.ts"

/**
 * Reads the text of a setting: a value, or the problem as a phrase that follows the setting's name. `more` are further
 * problems of a text with several parts.
 */
export type Parse<A> = (
  text: string
) => { readonly value: A } | { readonly problem: string; readonly more?: ReadonlyArray<string> }

/** A variable with values of type `A`. Without `fallback` and `optional`, it must be set for the process to start. */
export interface Setting<A> {
  readonly name: string
  readonly parse: Parse<A>
  /** Absent where the variable must be set or is `optional`. */
  readonly fallback?: A
  /** How the default reads in the help. */
  readonly fallbackText?: string
  readonly optional?: true
  /** Never shown, not even when it is wrong. */
  readonly secret?: true
  readonly about: string
}

const ok = <A>(value: A) => ({ value })
const no = (problem: string) => ({ problem })

/** Takes any text as it stands. */
export const text: Parse<string> = ok

/** `true` or `false`, in exactly this spelling. */
export const flag: Parse<boolean> = (input) =>
  input === "true" ? ok(true) : input === "false" ? ok(false) : no("must be true or false")

/** A whole number in decimal digits, from `low` to `high` inclusive. */
export const whole =
  (low: number, high: number): Parse<number> =>
  (input) => {
    const value = Number(input)
    return /^\d+$/.test(input) && value >= low && value <= high
      ? ok(value)
      : no(`must be a whole number from ${low} to ${high}`)
  }

/** One of the given words, in exactly this spelling. */
export const oneOf =
  <const A extends string>(...values: ReadonlyArray<A>): Parse<A> =>
  (input) => {
    const found = values.find((it) => it === input)
    return found === undefined ? no(`must be one of ${values.join(", ")}`) : ok(found)
  }

/** Where a process listens; an IPv6 host is without brackets. */
export interface Address {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

/** `host:port`, `[v6]:port` or `:port` for loopback. */
export const address: Parse<Address> = (input) => {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]/\s]*)):(\d{1,5})$/.exec(input)
  const port = Number(match?.[3])
  return match === null || port > 65_535
    ? no("must be host:port, such as 127.0.0.1:8080")
    : ok({ host: match[1] ?? (match[2] || "127.0.0.1"), port })
}

/** A URL with one of the given protocols (without `://`), kept as it was written. */
export const url =
  (...protocols: ReadonlyArray<string>): Parse<string> =>
  (input) => {
    const parsed = URL.canParse(input) ? new URL(input) : undefined
    return parsed !== undefined && protocols.includes(parsed.protocol.slice(0, -1))
      ? ok(input)
      : no(`must be a URL that starts with ${protocols.map((it) => `${it}://`).join(" or ")}`)
  }

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `500ms`, `10s`, `5m`, `24h`, `7d`; in milliseconds. */
export const duration =
  (lowMs: number, highMs: number): Parse<number> =>
  (input) => {
    const match = /^(\d{1,9})(ms|s|m|h|d)$/.exec(input)
    const value = match === null ? Number.NaN : Number(match[1]) * units[match[2] as keyof typeof units]
    return value >= lowMs && value <= highMs
      ? ok(value)
      : no(`must be a duration from ${spell(lowMs)} to ${spell(highMs)}, such as 30s or 24h`)
  }

/** A duration in the largest unit that divides it. */
const spell = (ms: number): string => {
  const unit = (Object.entries(units) as Array<[string, number]>).findLast(([, size]) => ms % size === 0 && ms >= size)
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`
}

/** Standard base64 of exactly `size` bytes. */
export const base64 =
  (size: number): Parse<Uint8Array> =>
  (input) => {
    const bytes = Buffer.from(input, "base64")
    return bytes.length === size && bytes.toString("base64") === input
      ? ok(new Uint8Array(bytes))
      : no(`must be the standard base64 of ${size} bytes`)
  }

/** Names or addresses of hosts, separated by commas, without ports. */
export const hostNames: Parse<ReadonlyArray<string>> = (input) => {
  const names = input
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  return names.every((name) => /^[a-z0-9._-]+$|^\[?[0-9a-f:.]+\]?$/i.test(name))
    ? ok(names)
    : no("must be host names or addresses without ports, separated by commas, such as play.example.org")
}

/** The origin of a page: scheme, host and port, without a path. Neither `*` nor `null` is one. */
export const origin: Parse<string> = (input) => {
  const parsed = URL.canParse(input) ? new URL(input) : undefined
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.origin === input && !input.includes("*")
    ? ok(input)
    : no("must be an origin such as https://play.example.org, without a path")
}

/** Values of another kind, separated by commas; blanks between them don't count, and neither do empty ones. */
export const list =
  <A>(parse: Parse<A>): Parse<ReadonlyArray<A>> =>
  (input) => {
    const values: Array<A> = []
    for (const part of input.split(",").map((it) => it.trim())) {
      if (part === "") continue
      const parsed = parse(part)
      if ("problem" in parsed) return no(`each of its values ${parsed.problem}`)
      values.push(parsed.value)
    }
    return ok(values)
  }

/** The same, of at least one value and at most 32. */
export const some =
  <A>(parse: Parse<A>): Parse<ReadonlyArray<A>> =>
  (input) => {
    if (!input.includes(",")) {
      const only = parse(input.trim())
      return "problem" in only ? only : ok([only.value])
    }
    const parsed = list(parse)(input)
    if ("problem" in parsed) return parsed
    const { length } = parsed.value
    return length >= 1 && length <= 32 ? parsed : no("must be from 1 to 32 values, separated by commas")
  }

/** Any text that isn't blank, kept untrimmed. */
export const nonEmpty: Parse<string> = (input) => (input.trim() === "" ? no("must not be empty") : ok(input))

/** An e-mail address, alone or with a name as in `Galaxy <galaxy@example.org>`; the value has it in normal form. */
export const mailbox: Parse<string> = (input) => {
  const named = /^([^<>]*)<([^<>]*)>$/.exec(input.trim())
  const name = named?.[1]?.trim() ?? ""
  const address = normalForm(named?.[2] ?? input.trim())
  if (address === undefined) return no("must be an e-mail address such as Galaxy <galaxy@example.org>")
  if (name === "") return ok(address)
  const problem = lineProblem(name)
  return problem === undefined ? ok(`${name} <${address}>`) : no(`its name ${problem}`)
}

/** A plain e-mail address, in normal form. */
export const emailAddress: Parse<string> = (input) => {
  const address = normalForm(input.trim())
  return address === undefined ? no("must be a plain e-mail address such as operators@example.org") : ok(address)
}

/** Networks in CIDR notation or single addresses, separated by commas. */
export const networks: Parse<ReadonlyArray<string>> = (input) => {
  const list = input
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "")
  const wrong = list.find((it) => parseNetwork(it) === undefined)
  return wrong === undefined ? ok(list) : no(`"${wrong}" must be a network such as 192.0.2.0/24 or 2001:db8::/32`)
}
