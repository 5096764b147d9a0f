/** `api METHOD PATH`: a call of the admin API as it is. */
import { Effect, Option, type Schema } from "effect"
import { Ask } from "../ask/Ask.ts"
import { Api } from "../client/Api.ts"
import { Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { Output } from "../output/Output.ts"
import { jsonText } from "../output/safe.ts"
import { withServices } from "./services.ts"

const longestBody = 16 * 1024 * 1024

interface Given {
  readonly method: "GET" | "POST" | "PATCH"
  readonly path: string
  readonly body: Option.Option<string>
}

const parsed = (text: string) =>
  Effect.try({
    try: () => JSON.parse(text) as Schema.Json,
    catch: () => new Usage({ message: "The body must be valid JSON." })
  })

const bodyOf = Effect.fnUntraced(function* ({ method, body }: Given) {
  if (Option.isNone(body)) return undefined
  if (method === "GET") return yield* new Usage({ message: "A GET has no body." })
  if (body.value !== "-") return yield* parsed(body.value)
  const { stdin } = yield* Host
  const text = yield* Effect.mapError(
    stdin.readAll(longestBody),
    ({ message }) => new Usage({ message: `The body can't be read: ${message}.` })
  )
  return yield* parsed(text)
})

/** The path below the server. What doesn't begin with a slash is below `/api/v1/admin/`. */
const pathOf = (path: string) => {
  const full = path.startsWith("/") ? path : `/api/v1/admin/${path}`
  return /^\/[\x21-\x7e]*$/.test(full) && !full.startsWith("//")
    ? Effect.succeed(full)
    : Effect.fail(new Usage({ message: "The path must be one of the server, such as /api/v1/admin/games?limit=5." }))
}

/** Calls and prints the answer. */
export const run = (given: Given) =>
  withServices(
    Effect.gen(function* () {
      const { request } = yield* Api
      const output = yield* Output
      const { yes, dryRun } = yield* Globals
      const path = yield* pathOf(given.path)
      const body = yield* bodyOf(given)
      if (dryRun) {
        return yield* new Usage({
          message: "api sends what it is given.",
          hint: "A mutation's dry run is at /api/v1/admin/dry-run/… instead of /api/v1/admin/…"
        })
      }
      if (given.method !== "GET" && !yes) {
        yield* (yield* Ask).yes(`${given.method} ${path}: go on?`, "Give it: --yes")
      }
      const answer = yield* request({ method: given.method, path, body })
      const document = answer.body ?? null
      yield* output.item(document, `${jsonText(document, 2)}\n`)
    })
  )
