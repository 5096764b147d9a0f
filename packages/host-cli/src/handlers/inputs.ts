/** From what a command line gave to what an operation takes. */
import { Effect, Option, Redacted, type Schema } from "effect"
import { Ask } from "../ask/Ask.ts"
import type { AnyInput } from "../client/Api.ts"
import { generatedPassword, lineOfInput } from "../context/passwords.ts"
import { Cancelled, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import type { AnySpec, Field, Given } from "../operations/types.ts"
import { targetId } from "./targets.ts"

/** Whether there is such a day: `Date` takes 31 February for 3 March. */
const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

/** An instant as the API takes it. An empty text stays, since it clears a value. */
const instantOf = (flag: string, text: string) => {
  if (text === "") return Effect.succeed("")
  const whole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.test(text)
  const at = Date.parse(/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || !text.includes("T") ? text : `${text}Z`)
  return whole && !Number.isNaN(at) && isDay(text.slice(0, 10))
    ? Effect.succeed(new Date(at).toISOString())
    : Effect.fail(
        new Usage({
          message: `--${flag} must be a day such as 2026-12-31 or a time such as 2026-12-31T18:00Z, not "${text}".`
        })
      )
}

/** A new password: generated, from standard input, or asked for twice. */
export const newPassword = Effect.fnUntraced(function* (generate: boolean, whose = "") {
  const { passwordStdin } = yield* Globals
  if (generate) return yield* generatedPassword
  if (passwordStdin) return Redacted.make(yield* lineOfInput("a password"))
  const ask = yield* Ask
  const flag = "Use --password-stdin or --generate."
  const first = yield* ask.secret(`New password${whose}:`, flag)
  if ((yield* ask.secret("The same again:", flag)) !== first) {
    return yield* new Cancelled({ message: "The two passwords differ. Nothing was done." })
  }
  return Redacted.make(first)
})

const address = Effect.gen(function* () {
  const { stdin } = yield* Host
  const ask = yield* Ask
  return stdin.isTerminal
    ? yield* ask.text("E-mail address:", "Give the address on standard input.")
    : yield* lineOfInput("an e-mail address")
})

const valueOf = Effect.fnUntraced(function* (name: string, field: Field, given: Given) {
  if ("fixed" in field) return field.fixed
  if ("secret" in field) {
    if (field.secret === "password") return Redacted.value(yield* newPassword(given["generate"] === true))
    return field.flag === undefined || given[name] === true ? yield* address : undefined
  }
  const raw = given[name]
  const value = (Option.isOption(raw) ? Option.getOrUndefined(raw) : raw) as string | number | boolean | undefined
  if (value === undefined) return undefined
  if (field.kind === "time") return yield* instantOf("flag" in field ? field.flag : name, String(value))
  if (field.kind === "game" || field.kind === "user") return yield* targetId(field.kind, String(value))
  return value
})

/** Why, for mutations that need it. */
const reasonFor = Effect.fnUntraced(function* (spec: AnySpec) {
  const { reason } = yield* Globals
  if (reason !== undefined || spec.reason !== "required") return spec.reason === undefined ? undefined : reason
  return yield* (yield* Ask).text("Reason, for the audit log:", "Give it: --reason TEXT")
})

/** What the operation takes. Names are looked up, and what is missing is asked for. */
export const inputOf = Effect.fnUntraced(function* (spec: AnySpec, given: Given) {
  const [method = "", path = ""] = spec.route.split(" ")
  const params: Record<string, string> = {}
  const query: Record<string, string> = {}
  const body: Record<string, Schema.Json> = {}
  for (const [name, field] of Object.entries(spec.fields)) {
    const value = yield* valueOf(name, field, given)
    if (value === undefined) continue
    if (path.split("/").includes(`:${name}`)) params[name] = String(value)
    else if (method === "GET") query[name] = String(value)
    else body[name] = value
  }
  if (method === "GET") return { params, query } satisfies AnyInput
  const reason = yield* reasonFor(spec)
  return { params, body: reason === undefined ? body : { ...body, reason } } satisfies AnyInput
})
