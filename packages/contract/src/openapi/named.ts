/** The exported schemas of the REST surfaces by name: the components of the OpenAPI document. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { modules } from "./gen/modules.ts"

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A schema of the contract with its name, the file that exports it, and what the document says of it. */
export interface Named {
  readonly name: string
  readonly file: string
  readonly schema: JsonSchema
}

const jsonSchemasOf = (schemas: ReadonlyArray<Schema.Top>): ReadonlyArray<JsonSchema> => {
  const endpoints = schemas.map((success, index) =>
    HttpApiEndpoint.get(`schema${index}`, `/${index}`, { success: success as Schema.Codec<unknown> })
  )
  const api = HttpApi.make("schemas").add(
    HttpApiGroup.make("schemas").add(...(endpoints as unknown as [HttpApiEndpoint.Top]))
  )
  const { paths } = OpenApi.fromApi(api as unknown as Parameters<typeof OpenApi.fromApi>[0])
  return schemas.map((_, index) => {
    const content = paths[`/${index}`]?.get?.responses[200]?.content as
      | Readonly<Record<string, { readonly schema?: JsonSchema }>>
      | undefined
    return content?.["application/json"]?.schema ?? {}
  })
}

/** Objects and closed lists of words; a name for each plain string would only be in the way. */
const deservesName = (schema: JsonSchema): boolean => schema["type"] === "object" || Array.isArray(schema["enum"])

/** Every exported schema that deserves a name. Of several that are alike only the first is there. */
export const named = (): ReadonlyArray<Named> => {
  const exported = Object.entries(modules).flatMap(([file, module]) =>
    Object.entries(module).flatMap(([name, value]) => (Schema.isSchema(value) ? [{ file, name, value }] : []))
  )
  const schemas = jsonSchemasOf(exported.map((it) => it.value))
  const seen = new Set<string>()
  return exported.flatMap(({ file, name }, index) => {
    const schema = schemas[index] ?? {}
    const text = JSON.stringify(schema)
    if (!deservesName(schema) || seen.has(text)) return []
    seen.add(text)
    return [{ name, file, schema }]
  })
}
