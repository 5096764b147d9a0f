/**
 * Dry runs: every mutation of the admin surface under `/api/v1/admin/dry-run/…`, with the same path, parameters and
 * body.
 *
 * A dry run does everything in a transaction that is rolled back, waits for locks only briefly, and leaves an audit row
 * of its own. It fails as the mutation would fail.
 */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AdminApi } from "../AdminApi.ts"
import { wireErrors } from "../ApiError.ts"

/** Something that a mutation causes besides changing its target. */
export const SideEffect = Schema.Struct({
  /** `mail`, `event`, `channel`, `session_ended`, `engine`, … */
  kind: Schema.String,
  /** What is sent or done: a mail's template, an event's kind, an operation on an engine. */
  what: Schema.String,
  /** How often, for effects of one kind. */
  count: Schema.Int
})

/** Answer of every dry run. */
export const DryRun = Schema.Struct({
  /** `noun.verb`, as in the audit log. */
  action: Schema.String,
  target_kind: Schema.String,
  target_id: Schema.String,
  /** The target before and after, as in the audit log. */
  before: Schema.Json,
  after: Schema.Json,
  side_effects: Schema.Array(SideEffect),
  /** Parts that can't be rolled back, in words: they were checked as far as possible, and not done. */
  only_checked: Schema.Array(Schema.String),
  /** The dry run's own row in the audit log. */
  audit_id: Schema.String
})
export type DryRun = typeof DryRun.Type

/** Begins the paths of all dry runs. */
export const dryRunPrefix = "/api/v1/admin/dry-run"
const adminPrefix = "/api/v1/admin"

/** The path of a mutation's dry run. */
export const dryRunPath = (path: string): `/${string}` => `${dryRunPrefix}${path.slice(adminPrefix.length)}`

type AnyEndpoint = HttpApiEndpoint.Top

const twin = (endpoint: AnyEndpoint) => {
  const payloads = [...endpoint.payload.values()].flatMap((it) => [
    ...(it as { schemas: Iterable<Schema.Top> }).schemas
  ])
  const options = {
    ...(endpoint.params === undefined ? {} : { params: endpoint.params }),
    ...(payloads.length === 0 ? {} : { payload: payloads }),
    success: DryRun,
    error: wireErrors
  }
  return HttpApiEndpoint.make(endpoint.method as "POST")(endpoint.identifier, dryRunPath(endpoint.path), options)
}

const groups = Object.values((AdminApi as unknown as HttpApi.Top).groups).flatMap((group) => {
  const mutations = Object.values(group.endpoints).filter((it) => it.method !== "GET")
  return mutations.length === 0
    ? []
    : [HttpApiGroup.make(group.identifier).add(...(mutations.map(twin) as unknown as [AnyEndpoint]))]
})

/**
 * The dry runs of all mutations as an API of its own, for clients and the OpenAPI document. The backend routes it to
 * the mutations themselves.
 */
export const DryRunApi = HttpApi.make("adminDryRun").add(...(groups as unknown as [HttpApiGroup.Top]))
