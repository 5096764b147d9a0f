/** FlatBuffers of a command ↔ one REST call of the backend's user surface. */
import * as codec from "@galaxy/contract/fbs/codec"
import type { Tables } from "@galaxy/contract/fbs/descriptor"
import { tables } from "@galaxy/contract/gen/fbs-tables"
import { errorTable, type MessageRoute } from "@galaxy/contract/routes/MessageRoutes"

/** A call of the user surface. `path` is encoded and carries the query; a `GET` has no body. */
export interface RestCall {
  readonly method: MessageRoute["method"]
  readonly path: string
  readonly body: codec.JsonObject | undefined
}

/** The payload can't be turned into a call. */
export class Untranscodable extends Error {}

const placeholder = /\{([a-z_]+)\}/g

const fieldsOf = (table: string) => (tables as Tables)[table]?.fields ?? []

const text = (value: codec.Json): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined

/** The call for a request payload. Throws `MalformedBuffer` or `Untranscodable`. */
export const toCall = (route: MessageRoute, payload: Uint8Array): RestCall => {
  const request = codec.decode(tables, route.request, payload)
  const inPath = new Set<string>()
  const path = route.path.replace(placeholder, (_, name: string) => {
    inPath.add(name)
    const value = text(request[name] ?? null)
    // A segment of dots would climb out of the path once a URL is made of it.
    if (value === undefined || /^\.*$/.test(value)) throw new Untranscodable(`${name} is missing`)
    return encodeURIComponent(value)
  })
  const rest = Object.entries(request).filter(([name]) => !inPath.has(name))
  if (route.method !== "GET") {
    // A call whose arguments are all in the path has no body; one whose other arguments are all left out has an empty
    // one.
    const takesBody = fieldsOf(route.request).some((it) => !inPath.has(it.name))
    return { method: route.method, path, body: takesBody ? Object.fromEntries(rest) : undefined }
  }
  const query = new URLSearchParams()
  for (const [name, value] of rest) {
    const given = text(value)
    if (given === undefined) throw new Untranscodable(`${name} can't be part of a query`)
    query.set(name, given)
  }
  return { method: route.method, path: query.size === 0 ? path : `${path}?${query}`, body: undefined }
}

/** The response payload for a backend's JSON. Throws `UnencodableValue` when the JSON doesn't fit the table. */
export const fromAnswer = (route: MessageRoute, json: unknown): Uint8Array =>
  codec.encode(tables, route.response, json as codec.JsonObject)

/** The payload of a business error: the FlatBuffers error table. */
export const fromError = (code: string, message: string, reason?: string): Uint8Array =>
  codec.encode(tables, errorTable, { code, message, ...(reason === undefined ? {} : { reason }) })
