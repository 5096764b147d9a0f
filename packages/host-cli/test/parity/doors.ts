/** The three ways to an operation: the command line, a client made from the contract, and plain HTTP. */
import { randomUUID } from "node:crypto"
import * as AdminCredentials from "@galaxy/contract/api/AdminCredentials"
import { AdminApi } from "@galaxy/contract/api/AdminApi"
import { unchangedHeader } from "@galaxy/contract/api/admin/Unchanged"
import { DateTime, Effect, Layer, Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { requestOf } from "galaxy-admin/client/Api"
import { specOf } from "galaxy-admin/operations/operations"
import type { Operation } from "galaxy-admin/operations/types"
import { cli } from "../cli.ts"

/** What an operation is given, as JSON. */
export interface Input {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
}

/** What came of it: the answer, or `code/reason`. */
export interface Outcome {
  readonly answer: unknown
  readonly requestId: string
  /** The server said that there was nothing to change. */
  readonly unchanged?: boolean
}

/** Where the backend is, and who calls. */
export interface Backend {
  readonly url: string
  readonly user: string
  readonly password: string
}

/** One way to call an operation. */
export type Door = (operation: Operation, input: Input) => Promise<Outcome>

const authorization = ({ user, password }: Backend) => `Basic ${btoa(`${user}:${password}`)}`

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value))

const refusal = (error: { readonly code?: unknown; readonly reason?: unknown }) =>
  `${String(error.code)}/${textOf(error.reason ?? "")}`

/** Plain HTTP. */
export const plainHttp =
  (backend: Backend): Door =>
  async (operation, input) => {
    const { method, path } = requestOf(operation, { params: input.params, query: input.query })
    const requestId = randomUUID()
    const response = await fetch(backend.url + path, {
      method,
      headers: {
        authorization: authorization(backend),
        "x-request-id": requestId,
        "x-galaxy-admin": "test",
        ...(method === "GET" ? {} : { "content-type": "application/json" })
      },
      ...(method === "GET" ? {} : { body: JSON.stringify(input.body ?? {}) })
    })
    const body = (await response.json()) as { readonly error?: object }
    const unchanged = response.headers.get(unchangedHeader) === "true"
    return { answer: response.ok ? body : refusal(body.error ?? {}), requestId, unchanged }
  }

const instant = /^\d{4}-\d{2}-\d{2}T.*Z$/

const decoded = (value: unknown): unknown =>
  typeof value === "string" && instant.test(value) ? DateTime.makeUnsafe(value) : value

const decodedFields = (fields: Readonly<Record<string, unknown>> | undefined) =>
  Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, value]) => [name, name === "limit" ? Number(value) : decoded(value)])
  )

type Method = (request: object) => Effect.Effect<unknown, { readonly _tag: string; readonly reason?: unknown }>

/** The client that the contract gives to any program. */
export const typedClient =
  (backend: Backend): Door =>
  async (operation, input) => {
    const requestId = randomUUID()
    const headers = { "x-request-id": requestId, "x-galaxy-admin": "test" }
    const [group = "", endpoint = ""] = operation.split(".")
    const call = Effect.gen(function* () {
      const client = yield* HttpApiClient.make(AdminApi, {
        baseUrl: backend.url,
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeaders(headers))
      })
      const method = (client as unknown as Record<string, Record<string, Method>>)[group]?.[endpoint]
      if (method === undefined) throw new Error(`the client has no ${operation}`)
      return yield* method({
        params: decodedFields(input.params),
        query: decodedFields(input.query),
        payload: decodedFields(input.body)
      })
    })
    const answer = await Effect.runPromise(
      call.pipe(
        Effect.map((it) => JSON.parse(JSON.stringify(it)) as unknown),
        Effect.catch((error) =>
          Effect.succeed(
            refusal({ code: (error as { _tag: string })._tag, reason: (error as { reason?: unknown }).reason })
          )
        ),
        Effect.provide(
          Layer.merge(
            FetchHttpClient.layer,
            AdminCredentials.layer({ username: backend.user, password: Redacted.make(backend.password) })
          )
        )
      )
    )
    return { answer, requestId }
  }

/** The command line of an operation, by its `CommandSpec`. Secrets come on standard input. */
export const commandLine = (
  operation: Operation,
  input: Input
): { readonly args: ReadonlyArray<string>; readonly stdin: string } => {
  const spec = specOf(operation)
  const values: Readonly<Record<string, unknown>> = { ...input.params, ...input.query, ...input.body }
  const args: Array<string> = [...spec.path]
  let stdin = ""
  for (const [name, field] of Object.entries(spec.fields)) {
    const value = values[name]
    if (value === undefined || "fixed" in field) continue
    if ("secret" in field) {
      stdin = `${textOf(value)}\n`
      if (field.secret === "password") args.push("--password-stdin")
      else if (field.flag !== undefined) args.push(`--${field.flag}`)
    } else if ("arg" in field) args.push(textOf(value))
    else if (field.kind === "bool")
      args.push(value === true || value === "true" ? `--${field.flag}` : `--no-${field.flag}`)
    else args.push(`--${field.flag}`, textOf(value))
  }
  if (values["reason"] !== undefined) args.push("--reason", textOf(values["reason"]))
  return { args, stdin }
}

/** The command line, in process. `confirm` is the target's name. */
export const commandLineDoor =
  (backend: Backend): ((operation: Operation, input: Input, confirm: string | undefined) => Promise<Outcome>) =>
  async (operation, input, confirm) => {
    const requests: Array<{ readonly id: string; readonly method: string }> = []
    const { args, stdin } = commandLine(operation, input)
    const { code, stdout, stderr } = await cli(
      [...args, "-o", "json", "--yes", ...(confirm === undefined ? [] : ["--confirm", confirm])],
      {
        input: stdin,
        newId: randomUUID,
        env: {
          GALAXY_ADMIN_SERVER: backend.url,
          GALAXY_ADMIN_USER: backend.user,
          GALAXY_ADMIN_PASSWORD: backend.password
        },
        fetch: (request) => {
          requests.push({ id: request.headers.get("x-request-id") ?? "", method: request.method })
          return fetch(request)
        }
      }
    )
    const requestId = requests.at(-1)?.id ?? ""
    if (code === 0) return { answer: JSON.parse(stdout) as unknown, requestId }
    return { answer: refusal((JSON.parse(stderr) as { readonly error: object }).error), requestId }
  }
