/** JSON Schemas of what operations answer, for `galaxy-admin spec`. Loads the whole contract of the admin surface. */
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import * as OpenApi from "effect/http-api/OpenApi"

interface Described {
  readonly operationId?: string
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: unknown }>> }>
  >
}

const answerOf = (operation: Described): unknown => {
  const success = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith("2"))?.[1]
  return success?.content?.["application/json"]?.schema
}

const reference = "#/components/schemas/"

/** Names of the components that a schema refers to. */
const namesIn = (schema: unknown): ReadonlyArray<string> =>
  [...JSON.stringify(schema ?? null).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name ?? ""
  )

/** The schemas by operation, and what they refer to, below `#/definitions/`. */
export const outputSchemas = () => {
  const { paths, components } = OpenApi.fromApi(AdminApi)
  const answers = Object.fromEntries(
    Object.values(paths)
      .flatMap((methods) => Object.values(methods as Readonly<Record<string, Described>>))
      .map((it) => [it.operationId ?? "", answerOf(it)] as const)
  )
  const all = components.schemas as Readonly<Record<string, unknown>>
  const needed = new Set<string>()
  const visit = (schema: unknown): void => {
    for (const name of namesIn(schema)) {
      if (needed.has(name)) continue
      needed.add(name)
      visit(all[name])
    }
  }
  visit(answers)
  const moved = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(reference, "#/definitions/"))
  return {
    schemas: moved(answers),
    definitions: moved(Object.fromEntries([...needed].toSorted().map((name) => [name, all[name]])))
  }
}
