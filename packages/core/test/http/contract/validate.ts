/** Holds a JSON value against a schema of the OpenAPI document: what is wrong with it, with its place. */
import type { OpenApiDocument } from "@galaxy/contract/openapi/OpenApiDocument"

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Follows a reference inside the document. */
export const resolve = (document: OpenApiDocument, value: unknown): Json => {
  if (!isObject(value)) return {}
  const ref = value["$ref"]
  if (typeof ref !== "string") return value
  let found: unknown = document
  for (const part of ref.slice(2).split("/")) found = isObject(found) ? found[part] : undefined
  return resolve(document, found)
}

const isTime = (text: string) =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))

/** Fields that no schema names count as wrong: an answer may only have what is documented. */
export const problemsOf = (
  document: OpenApiDocument,
  given: unknown,
  value: unknown,
  at = "$"
): ReadonlyArray<string> => {
  const schema = resolve(document, given)
  const wrong = (what: string) => [`${at} ${what}, is ${JSON.stringify(value)?.slice(0, 120)}`]
  const choices = schema["anyOf"] ?? schema["oneOf"]
  if (Array.isArray(choices)) {
    const each = choices.map((it) => problemsOf(document, it, value, at))
    return each.some((it) => it.length === 0) ? [] : (each[0] ?? [])
  }
  const all = Array.isArray(schema["allOf"]) ? schema["allOf"].flatMap((it) => problemsOf(document, it, value, at)) : []
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(value))
    return wrong(`must be one of ${String(schema["enum"])}`)
  switch (schema["type"]) {
    case "null":
      return value === null ? all : wrong("must be null")
    case "boolean":
      return typeof value === "boolean" ? all : wrong("must be a boolean")
    case "integer":
    case "number": {
      if (typeof value !== "number") return wrong("must be a number")
      if (schema["type"] === "integer" && !Number.isInteger(value)) return wrong("must be whole")
      if (value < Number(schema["minimum"] ?? -Infinity) || value > Number(schema["maximum"] ?? Infinity))
        return wrong("is out of range")
      return all
    }
    case "string": {
      if (typeof value !== "string") return wrong("must be a string")
      if (value.length < Number(schema["minLength"] ?? 0) || value.length > Number(schema["maxLength"] ?? Infinity))
        return wrong("has a wrong length")
      if (schema["format"] === "date-time" && !isTime(value)) return wrong("must be a time")
      if (typeof schema["pattern"] === "string" && !new RegExp(schema["pattern"], "u").test(value))
        return wrong(`must match ${schema["pattern"]}`)
      return all
    }
    case "array":
      return Array.isArray(value)
        ? [...all, ...value.flatMap((it, index) => problemsOf(document, schema["items"], it, `${at}[${index}]`))]
        : wrong("must be a list")
    case "object": {
      if (!isObject(value)) return wrong("must be an object")
      const properties = schema["properties"]
      const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : []
      const missing = required.filter((it) => !Object.hasOwn(value, it)).map((it) => `${at}.${it} is missing`)
      if (!isObject(properties)) return [...all, ...missing]
      const inner = Object.entries(value).flatMap(([key, it]) =>
        Object.hasOwn(properties, key)
          ? problemsOf(document, properties[key], it, `${at}.${key}`)
          : [`${at}.${key} is not documented`]
      )
      return [...all, ...missing, ...inner]
    }
    default:
      return all
  }
}
