/**
 * The admin surface from a page of the same origin. The browser sends the administrator's name and password by itself;
 * the page never sees them. Every change is tried by its dry run before it is done.
 */
import type { DryRun } from "@galaxy/contract/api/admin/DryRun"

/** A refusal of the backend, or its silence. */
export class ApiFailure extends Error {
  readonly status: number
  /** Names the call in the backend's log. */
  readonly requestId: string
  constructor(status: number, message: string, requestId: string) {
    super(message)
    this.status = status
    this.requestId = requestId
  }
}

/** What went wrong, in words, with the call's name in the backend's log. */
export const problemOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const id = error instanceof ApiFailure ? error.requestId : ""
  return id === "" ? error.message : `${error.message} Request ${id}.`
}

const timeoutMs = 30_000

const call = async <A>(path: string, init: RequestInit = {}): Promise<A> => {
  const response = await fetch(path, {
    ...init,
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs)
  }).catch(() => {
    throw new ApiFailure(
      0,
      "The backend can't be reached. A change may or may not have been made: look before you repeat it.",
      ""
    )
  })
  const requestId = response.headers.get("x-request-id") ?? ""
  const json: unknown = await response.json().catch(() => undefined)
  if (response.ok) return json as A
  const { error } = (json ?? {}) as { readonly error?: { readonly message?: string; readonly reason?: string } }
  const message = error?.message ?? `status ${response.status}`
  throw new ApiFailure(
    response.status,
    error?.reason === undefined ? message : `${message} (${error.reason})`,
    requestId
  )
}

/** Where the admin surface is. */
const root = "/api/v1/admin"

/** Reads; parameters that are empty are left out. */
export const read = <A>(path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<A> => {
  const given = Object.entries(query).filter((it): it is [string, string] => it[1] !== undefined && it[1] !== "")
  const search = new URLSearchParams(given).toString()
  return call<A>(`${root}${path}${search === "" ? "" : `?${search}`}`)
}

const post = <A>(path: string, body: Readonly<Record<string, unknown>>): Promise<A> =>
  call<A>(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })

/** What a change would do. */
export const tryOut = (path: string, body: Readonly<Record<string, unknown>>): Promise<DryRun> =>
  post<DryRun>(`${root}/dry-run${path}`, body)

/** Makes a change. */
export const change = (path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> =>
  post(`${root}${path}`, body)
