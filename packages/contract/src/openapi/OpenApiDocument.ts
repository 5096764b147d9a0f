/**
 * OpenAPI 3.1 documents of the REST surfaces: all operations with their parameters, bodies, answers and errors. The
 * backend's has the tags Public, User, Internal and Admin, beside Gateway, which gateways answer by themselves; the user process has a document of its own.
 *
 * They are made from the `HttpApi` definitions that the processes route, so they can't say anything else. Schemas that the
 * contract exports become components under their own names; texts are the doc comments.
 */
import { type HttpApi, OpenApi } from "effect/http-api"
import { AdminApi } from "../api/AdminApi.ts"
import { DryRunApi } from "../api/admin/DryRun.ts"
import { gatewayTokenHeader, userIdHeader } from "../api/Identity.ts"
import { GatewayApi } from "../api/GatewayInfo.ts"
import { InternalApi } from "../api/InternalApi.ts"
import { PublicApi } from "../api/PublicApi.ts"
import { UserApi } from "../api/UserApi.ts"
import { UserServiceApi } from "../api/UserServiceApi.ts"
import { comments } from "./gen/comments.ts"
import { type JsonSchema, named } from "./named.ts"

/** One operation of the document. An answer may be a reference (`$ref`) to one of `components.responses`. */
export interface Operation {
  readonly operationId: string
  readonly tags: ReadonlyArray<string>
  readonly summary: string
  readonly description?: string
  readonly parameters: ReadonlyArray<{
    readonly name: string
    readonly in: "path" | "query" | "header"
    readonly required: boolean
    readonly schema: JsonSchema
  }>
  readonly security: ReadonlyArray<Readonly<Record<string, ReadonlyArray<string>>>>
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>
  }
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string
        readonly headers?: Readonly<Record<string, unknown>>
        readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>
      }
    >
  >
}

/** The document. */
export interface OpenApiDocument {
  readonly openapi: "3.1.0"
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: ReadonlyArray<{ readonly name: string; readonly description: string }>
  /** By path, then by method in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    /** The error answers, which operations refer to. */
    readonly responses: Readonly<Record<string, unknown>>
    readonly securitySchemes: Readonly<Record<string, unknown>>
  }
}

const gateway = [{ gatewayToken: [] }]

/** One `HttpApi` in a document. */
interface Surface {
  readonly tag: string
  readonly api: unknown
  /** Before the names of its operations. */
  readonly prefix: string
  readonly security: Operation["security"]
  /** What the tag is for; empty where another surface says it. */
  readonly about: string
}

const surfaces: ReadonlyArray<Surface> = [
  {
    tag: "Public",
    api: PublicApi,
    prefix: "",
    security: gateway,
    about:
      "Signing in. Gateways offer these routes to everybody under the same paths and pass them on with their token."
  },
  {
    tag: "Gateway",
    api: GatewayApi,
    prefix: "",
    security: [],
    about: "What gateways answer by themselves, to everybody. A backend doesn't have these routes."
  },
  {
    tag: "User",
    api: UserApi,
    prefix: "",
    security: [{ gatewayToken: [], userId: [] }],
    about: "What players do. Gateways make these calls from signed messages, on behalf of the user that they name."
  },
  { tag: "Internal", api: InternalApi, prefix: "", security: gateway, about: "What gateways themselves need to know." },
  {
    tag: "Admin",
    api: AdminApi,
    prefix: "",
    security: [{ basic: [] }],
    about:
      "What operators do. Every mutation leaves a row in the audit log, and has a dry run under /api/v1/admin/dry-run."
  },
  { tag: "Admin", api: DryRunApi, prefix: "dryRun.", security: [{ basic: [] }], about: "" }
]

const userService: ReadonlyArray<Surface> = [
  {
    tag: "Users",
    api: UserServiceApi,
    prefix: "",
    security: gateway,
    about:
      "Accounts for trusted services, beside a backend. Unlike on the admin surface, nothing goes to the audit log."
  }
]

const securitySchemes = {
  basic: { type: "http", scheme: "basic", description: "Name and password of an administrator." },
  gatewayToken: {
    type: "apiKey",
    in: "header",
    name: gatewayTokenHeader,
    description: "The secret that gateways and backend share. Not needed where the operator trusts the network."
  },
  userId: {
    type: "apiKey",
    in: "header",
    name: userIdHeader,
    description: "The player on whose behalf the gateway calls. Only gateways are believed."
  }
}

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

const errorName = (key: string): string =>
  `${key
    .replace(/Encoded$/, "")
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}Error`

/** `adminAccounts.resetPassword` → `Reset password`. */
const words = (endpoint: string): string => {
  const text = endpoint.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const components = () => {
  const all = named()
  const nameOf = new Map(all.map((it) => [JSON.stringify(it.schema), it.name]))

  /** Puts references where a named schema is; answers may get more fields in later versions, so none is closed. */
  const referring = (value: unknown, isRoot: boolean): unknown => {
    if (Array.isArray(value)) return value.map((it) => referring(it, false))
    if (!isObject(value)) return value
    const name = isRoot ? undefined : nameOf.get(JSON.stringify(value))
    if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => {
        if (key === "additionalProperties" && inner === false) return []
        if (key === "$ref") return [[key, `#/components/schemas/${errorName(String(inner).split("/").at(-1) ?? "")}`]]
        return [[key, referring(inner, false)]]
      })
    )
  }

  const described = ({ name, file, schema }: (typeof all)[number]): JsonSchema => {
    const made = referring(schema, true) as Json
    const about = comments[name]
    const properties = isObject(made["properties"])
      ? {
          properties: Object.fromEntries(
            Object.entries(made["properties"]).map(([field, inner]) => {
              const text = comments[`${name}.${field}`] ?? comments[`${file}#${field}`]
              return [field, text === undefined || !isObject(inner) ? inner : { ...inner, description: text }]
            })
          )
        }
      : {}
    return { ...(about === undefined ? {} : { description: about }), ...made, ...properties }
  }

  return {
    referring: (value: unknown) => referring(value, false),
    schemas: Object.fromEntries(all.map((it) => [it.name, described(it)]))
  }
}

const isNull = (schema: unknown): boolean => isObject(schema) && schema["type"] === "null"

/** A body that may be left out is declared as one that may be null. */
const bodyOf = (body: NonNullable<Operation["requestBody"]>): NonNullable<Operation["requestBody"]> => {
  const [type, { schema }] = Object.entries(body.content)[0] ?? ["application/json", { schema: {} }]
  const choices = schema["anyOf"]
  if (!Array.isArray(choices) || !choices.some(isNull)) return body
  const others = choices.filter((it) => !isNull(it)) as ReadonlyArray<JsonSchema>
  const [only] = others
  const left: JsonSchema = others.length === 1 && only !== undefined ? only : { anyOf: others }
  return { required: false, content: { [type]: { schema: left } } }
}

const header = (description: string) => ({ description, schema: { type: "string" } })

/** Headers that answers of a status carry. */
const headersOf: Readonly<Record<string, Json>> = {
  401: { headers: { "www-authenticate": header("On the admin surface: the challenge of Basic authentication.") } },
  405: { headers: { allow: header("The methods that the path has.") } },
  429: { headers: { "retry-after": header("When to come back, in seconds.") } }
}

type Responses = Operation["responses"]

/** Puts a reference where an error answer is, since all operations have the same ones. */
const sharing = (responses: Responses, shared: Record<string, Json>): Responses =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      if (status < "400") return [status, response]
      const made = { ...response, ...headersOf[status] }
      const name = `Error${status}`
      const known = shared[name]
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(made)) return [status, made]
      shared[name] = made
      return [status, { $ref: `#/components/responses/${name}` } as unknown as Responses[string]]
    })
  )

const probe = (summary: string, statuses: Readonly<Record<string, string>>): Operation => ({
  operationId: `probes.${summary.split(" ")[0]?.toLowerCase() ?? ""}`,
  tags: ["Public"],
  summary,
  parameters: [],
  security: [],
  responses: Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => [
      status,
      { description, content: { "application/json": { schema: { type: "object" } } } }
    ])
  )
})

const probes = {
  "/healthz": { get: probe("Alive", { 200: "The process lives." }) },
  "/readyz": {
    get: probe("Ready", { 200: "It can do its work.", 503: "Something is missing; the body says what and why." })
  }
}

const conventions =
  "Times are RFC 3339 in UTC. A malformed id in a path is `not_found`, like an unknown one. Lists go on at `next_cursor`. Errors carry a `code`, and a `reason` where the code has several causes; more reasons may be added."

/** The operations of surfaces, with the errors that they answer. */
const operationsOf = (all: ReadonlyArray<Surface>, referring: (value: unknown) => unknown) => {
  const errors: Record<string, JsonSchema> = {}
  const shared: Record<string, Json> = {}
  const paths: Record<string, Record<string, Operation>> = {}
  for (const { tag, api, prefix, security } of all) {
    const spec = OpenApi.fromApi(api as HttpApi.HttpApi<string>)
    for (const [key, schema] of Object.entries(spec.components.schemas)) {
      errors[errorName(key)] = referring(schema) as JsonSchema
    }
    for (const [path, methods] of Object.entries(spec.paths)) {
      for (const [method, raw] of Object.entries(methods)) {
        const found = referring(raw) as Operation
        const group = found.operationId.split(".")[0] ?? ""
        const about = comments[`group:${found.operationId}`] ?? comments[`group:${group}`]
        const made: Operation = {
          ...found,
          operationId: `${prefix}${found.operationId}`,
          tags: [tag],
          summary: `${words(found.operationId.split(".").at(-1) ?? "")}${prefix === "" ? "" : " (dry run)"}`,
          ...(about === undefined ? {} : { description: about }),
          security,
          ...(found.requestBody === undefined ? {} : { requestBody: bodyOf(found.requestBody) }),
          responses: sharing(found.responses, shared)
        }
        paths[path] = { ...paths[path], [method]: made }
      }
    }
  }
  return { errors, shared, paths }
}

const tagsOf = (all: ReadonlyArray<Surface>) =>
  all.flatMap(({ tag, about }) => (about === "" ? [] : [{ name: tag, description: about }]))

/** Makes the backend's document; it is the same each time. */
export const make = (): OpenApiDocument => {
  const { referring, schemas } = components()
  const { errors, shared, paths } = operationsOf(surfaces, referring)
  return {
    openapi: "3.1.0",
    info: { title: "Galaxy backend", version: "v1", description: conventions },
    tags: tagsOf(surfaces),
    paths: { ...probes, ...paths },
    components: { schemas: { ...schemas, ...errors }, responses: shared, securitySchemes }
  }
}

/** Schemas that are referred to, from `roots` on, and from one another. */
const reachable = (schemas: Readonly<Record<string, JsonSchema>>, roots: unknown): Record<string, JsonSchema> => {
  const found: Record<string, JsonSchema> = {}
  const visit = (value: unknown): void => {
    for (const [, name = ""] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const schema = schemas[name]
      if (schema === undefined || name in found) continue
      found[name] = schema
      visit(schema)
    }
  }
  visit(roots)
  return found
}

/** Makes the user process's document, with the schemas that it needs. */
export const makeUserService = (): OpenApiDocument => {
  const { referring, schemas } = components()
  const { errors, shared, paths } = operationsOf(userService, referring)
  const { gatewayToken } = securitySchemes
  return {
    openapi: "3.1.0",
    info: { title: "Galaxy user process", version: "v1", description: conventions },
    tags: tagsOf(userService),
    paths,
    components: {
      schemas: reachable({ ...schemas, ...errors }, [paths, shared]),
      responses: shared,
      securitySchemes: {
        gatewayToken: { ...gatewayToken, description: "The secret of the user process (`USERSERVICE_INTERNAL_TOKEN`)." }
      }
    }
  }
}
