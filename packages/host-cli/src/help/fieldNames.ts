/** Names of the fields that rows of a list may have, by the contract. Loads the whole contract of the admin surface. */
import type { Operation } from "../operations/types.ts"
import { outputSchemas } from "./outputSchemas.ts"

interface JsonSchema {
  readonly $ref?: string
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly allOf?: ReadonlyArray<JsonSchema>
  readonly oneOf?: ReadonlyArray<JsonSchema>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
}

const deepest = 4

/** The names, nested ones with dots. */
export const fieldNames = (operation: Operation, rows: string): ReadonlyArray<string> => {
  const { schemas, definitions } = outputSchemas() as {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly definitions: Readonly<Record<string, JsonSchema>>
  }
  /** The schema and all that it refers to or chooses from. */
  const parts = (schema: JsonSchema, depth = 0): ReadonlyArray<JsonSchema> => {
    if (depth > deepest) return []
    const { $ref, anyOf = [], allOf = [], oneOf = [] } = schema
    const referred = $ref === undefined ? undefined : definitions[$ref.split("/").at(-1) ?? ""]
    const more = [...anyOf, ...allOf, ...oneOf, ...(referred === undefined ? [] : [referred])]
    return [schema, ...more.flatMap((it) => parts(it, depth + 1))]
  }
  const names = (schema: JsonSchema, prefix: string, depth: number): ReadonlyArray<string> =>
    depth > deepest
      ? []
      : parts(schema).flatMap(({ properties = {} }) =>
          Object.entries(properties).flatMap(([name, it]) => [
            prefix + name,
            ...names(it, `${prefix}${name}.`, depth + 1)
          ])
        )
  const lists = parts(schemas[operation] ?? {}).flatMap(({ properties = {} }) => properties[rows] ?? [])
  const items = lists.flatMap((it) => parts(it)).flatMap(({ items }) => items ?? [])
  return [...new Set(items.flatMap((it) => names(it, "", 0)))]
}
