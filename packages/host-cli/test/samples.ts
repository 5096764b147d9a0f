/** Answers made from the contract's own schemas, always the same, for a server in memory. */
import { outputSchemas } from "galaxy-admin/help/outputSchemas"
import { operations, specOf } from "galaxy-admin/operations/operations"
import type { Operation } from "galaxy-admin/operations/types"
import { json } from "./cli.ts"

interface JsonSchema {
  readonly type?: string
  readonly format?: string
  readonly const?: unknown
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

/** The present of everything that is compared with these answers. */
export const present = Date.parse("2026-11-03T12:00:00Z")

const named: Readonly<Record<string, string>> = {
  game_name: "Orion",
  user_name: "Player-7k2f",
  time_zone: "Europe/Berlin",
  to: "a…@example.org",
  email: "ada@example.org",
  image_ref: "registry.example.org/galaxy/engine:1.4.2",
  version: "1.4.2",
  engine_version: "1.4.2",
  summary: "The next turn is due in 7 hours."
}

const time = (name: string, nth: number) => {
  const ahead = /^(next|expires|ends|until)/.test(name) ? 7.2 : -(nth * 26 + 3)
  return new Date(present + ahead * 3_600_000).toISOString()
}

/** A value of a schema; `nth` tells the items of a list apart. */
export const sample = (schema: JsonSchema, name: string, nth = 1): unknown => {
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const [first] = schema.anyOf ?? []
  if (first !== undefined) return sample(first, name, nth)
  if (schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties)
        .filter(([key]) => key !== "next_cursor")
        .map(([key, it]) => [key, sample(it, key, nth)])
    )
  }
  switch (schema.type) {
    case "array":
      return [1, 2].map((at) => sample(schema.items ?? {}, name, at))
    case "integer":
      return 7 * nth
    case "number":
      return 1.5 * nth
    case "boolean":
      return nth === 1
    case "string":
      if (schema.format === "date-time" || /_at$|^at$/.test(name)) return time(name, nth)
      if (name.endsWith("_id")) return `0190a0b0-0000-7000-8000-${String(nth).padStart(12, "0")}`
      return (named[name] ?? `${name.replaceAll("_", " ")} text`) + (nth === 1 ? "" : ` ${nth}`)
    default:
      return {}
  }
}

const { schemas } = outputSchemas() as { readonly schemas: Readonly<Record<string, JsonSchema>> }

const routes = (Object.keys(operations) as ReadonlyArray<Operation>)
  .map((operation) => {
    const [method = "", path = ""] = specOf(operation).route.split(" ")
    return { operation, method, path, pattern: new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`) }
  })
  // `/dead-letters` comes before `/:id`.
  .toSorted((a, b) => a.path.split(":").length - b.path.split(":").length)

/** Answers every operation with its sample. */
export const sampleServer = (request: Request): Response => {
  const { pathname, searchParams } = new URL(request.url)
  const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(pathname))
  if (route === undefined) return json({ error: { code: "not_found", message: "there is no such route" } }, 404)
  const answer = sample(schemas[route.operation] ?? {}, route.operation)
  // A name belongs to one player.
  if (searchParams.has("user_name"))
    return json({ users: (answer as { users: ReadonlyArray<unknown> }).users.slice(0, 1) })
  return json(answer)
}
