/** Requests for the operations of the OpenAPI document: valid ones from their schemas, and spoilt ones. */
import type { OpenApiDocument, Operation } from "@galaxy/contract/openapi/OpenApiDocument"
import type { SeededRandom } from "@galaxy/testkit/SeededRandom"
import { Raw } from "../platform.ts"
import { isObject, type Json, resolve } from "./validate.ts"

/** Values that exist in the world, by the name of the parameter or field that they are for. */
export type Pools = Readonly<Record<string, ReadonlyArray<unknown>>>

export interface Request {
  readonly path: string
  readonly body: unknown
}

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const odd = ["é", "я", "漢", "🚀", " ", "-", "'", "<b>", "%", "\u200d", "\\"]

export const uuid = (random: SeededRandom): string => {
  const hex = [...random.bytes(16)].map((it) => it.toString(16).padStart(2, "0")).join("")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

const text = (random: SeededRandom, low: number, high: number): string => {
  const length = low + random.below(Math.min(high, low + 24) - low + 1)
  let made = ""
  while (made.length < length)
    made += random.below(8) === 0 ? random.pick(odd) : letters.charAt(random.below(letters.length))
  return made.slice(0, high)
}

const ofPattern = (random: SeededRandom, pattern: string): string => {
  if (pattern.includes("0-9a-f]{8}-")) return uuid(random)
  if (pattern.includes("\\.\\d+")) return `${random.below(3)}.${random.below(5)}.${random.below(9)}`
  return String(random.below(300))
}

const maybe = (random: SeededRandom) => random.below(2) === 0

/** A value of the schema; often one from the pool of its name. */
export const valueOf = (
  document: OpenApiDocument,
  random: SeededRandom,
  pools: Pools,
  name: string,
  given: unknown
): unknown => {
  const pool = pools[name]
  if (pool !== undefined && pool.length > 0 && random.below(8) !== 0) return random.pick(pool)
  const schema = resolve(document, given)
  const choices = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(choices)) return valueOf(document, random, pools, name, random.pick(choices))
  if (Array.isArray(schema["enum"])) return random.pick(schema["enum"])
  const merged: Json = Object.assign({}, schema, ...(Array.isArray(schema["allOf"]) ? schema["allOf"] : [])) as Json
  switch (merged["type"]) {
    case "null":
      return null
    case "boolean":
      return maybe(random)
    case "integer":
    case "number": {
      const low = Number(merged["minimum"] ?? 0)
      const high = Math.min(Number(merged["maximum"] ?? 1_000), low + 1_000)
      return low + random.below(high - low + 1)
    }
    case "string":
      if (merged["format"] === "date-time") return new Date(random.below(4_000_000) * 1_000_000).toISOString()
      if (typeof merged["pattern"] === "string") return ofPattern(random, merged["pattern"])
      return text(random, Number(merged["minLength"] ?? 0), Number(merged["maxLength"] ?? 40))
    case "array":
      return Array.from({ length: random.below(4) }, () => valueOf(document, random, pools, name, merged["items"]))
    case "object": {
      const required = Array.isArray(merged["required"]) ? merged["required"] : []
      const properties = isObject(merged["properties"]) ? Object.entries(merged["properties"]) : []
      return Object.fromEntries(
        properties.flatMap(([key, inner]) =>
          required.includes(key) || maybe(random) ? [[key, valueOf(document, random, pools, key, inner)]] : []
        )
      )
    }
    default:
      return random.pick([null, 1, "x", {}, []])
  }
}

const bodySchema = (operation: Operation): unknown => {
  const content = Object.values(operation.requestBody?.content ?? {})[0]
  return content?.schema
}

/** A request that the document allows. */
export const valid = (
  document: OpenApiDocument,
  random: SeededRandom,
  pools: Pools,
  path: string,
  operation: Operation
): Request => {
  let at = path
  const query: Array<string> = []
  for (const it of operation.parameters) {
    if (it.in === "header" || (!it.required && maybe(random))) continue
    const value = encodeURIComponent(String(valueOf(document, random, pools, it.name, it.schema)))
    if (it.in === "path") at = at.replace(`{${it.name}}`, value === "" ? "x" : value)
    else query.push(`${it.name}=${value}`)
  }
  const schema = bodySchema(operation)
  const left = operation.requestBody?.required !== true && maybe(random)
  return {
    path: query.length === 0 ? at : `${at}?${query.join("&")}`,
    body: schema === undefined || left ? undefined : valueOf(document, random, pools, "", schema)
  }
}

const bad: ReadonlyArray<(random: SeededRandom) => unknown> = [
  () => null,
  () => -1,
  () => 1.5,
  () => 1e300,
  () => Number.MAX_SAFE_INTEGER,
  () => true,
  () => [],
  () => ({}),
  () => "",
  () => " ",
  () => "\u0000",
  () => "\ud800",
  () => "a\u202eb",
  () => "x".repeat(5_000),
  () => "9999-99-99T99:99:99Z",
  () => "+275760-09-13T00:00:00.000Z",
  () => "-271821-04-20T00:00:00.000Z",
  () => "'; DROP TABLE x; --",
  (random) => uuid(random).toUpperCase(),
  () => ["a", null, { a: [[[[[[[[]]]]]]]] }]
]

const spoiltBody = (random: SeededRandom, body: unknown): unknown => {
  switch (random.below(7)) {
    case 0:
      return new Raw(random.pick(["{", "", "nul", '{"a":1}{', '"\\ud800"', "[".repeat(2_000)]), "application/json")
    case 1:
      return new Raw(JSON.stringify(body ?? {}), random.pick(["text/plain", "application/x-www-form-urlencoded", "x"]))
    case 2:
      return random.pick(bad)(random)
    default: {
      if (!isObject(body) || Object.keys(body).length === 0) return { [text(random, 1, 9)]: random.pick(bad)(random) }
      const key = random.pick(Object.keys(body))
      if (random.below(3) === 0) return Object.fromEntries(Object.entries(body).filter(([it]) => it !== key))
      return { ...body, [key]: random.pick(bad)(random) }
    }
  }
}

const spoiltPath = (random: SeededRandom, template: string, path: string): string => {
  const [at = "", query = ""] = path.split("?")
  if (template.includes("{") && maybe(random)) {
    const places = template.split("/").flatMap((part, index) => (part.startsWith("{") ? [index] : []))
    const parts = at.split("/")
    parts[random.pick(places)] = random.pick([
      "x",
      "%00",
      "%F0%9F%9A%80",
      "..%2F",
      "0",
      uuid(random),
      uuid(random).toUpperCase(),
      "%ff",
      "a".repeat(300)
    ])
    return `${parts.join("/")}${query === "" ? "" : `?${query}`}`
  }
  const names = [...query.split("&").map((it) => it.split("=")[0] ?? ""), "limit", "cursor", "unknown"].filter(
    (it) => it !== ""
  )
  return `${at}?${random.pick(names)}=${random.pick(["-1", "0", "x", "%00", "%ff", "1e9", "a".repeat(2_000), "", "bm90IGEgY3Vyc29y", "MTox"])}`
}

/** A valid request with one thing wrong, or at least unusual. */
export const spoilt = (random: SeededRandom, method: string, template: string, request: Request): Request =>
  method !== "get" && maybe(random)
    ? { path: request.path, body: spoiltBody(random, request.body) }
    : { path: spoiltPath(random, template, request.path), body: request.body }
