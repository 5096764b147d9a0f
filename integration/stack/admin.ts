/** Calls of the admin REST API. */
import { Data, Effect } from "effect"

/** An administrator's name and password. */
export interface Credentials {
  readonly user: string
  readonly password: string
}

/** The backend refused a call, or none answered it. */
export class AdminRefused extends Data.TaggedError("AdminRefused")<{
  /** 0 if no backend answered. */
  readonly status: number
  readonly code: string
  readonly reason: string
  readonly message: string
}> {}

/** One administrator's calls; `path` begins after `/api/v1/admin`. */
export interface Admin {
  get<A>(path: string): Effect.Effect<A, AdminRefused>
  post<A>(path: string, body?: object): Effect.Effect<A, AdminRefused>
  /** The same as another administrator. */
  as(credentials: Credentials): Admin
}

interface Failure {
  readonly error?: { readonly code?: string; readonly reason?: string; readonly message?: string }
}

const send = async (url: string, method: string, credentials: Credentials, body: object | undefined) => {
  const pair = Buffer.from(`${credentials.user}:${credentials.password}`).toString("base64")
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Basic ${pair}`,
      "x-galaxy-admin": "integration",
      ...(body && { "content-type": "application/json" })
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: AbortSignal.timeout(30_000)
  })
  return { status: answer.status, text: await answer.text() }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return {}
  }
}

/** Calls the first of these backends that can be reached. */
export const adminOf = (backends: ReadonlyArray<{ readonly url: string }>, credentials: Credentials): Admin => {
  const call = <A>(method: string, path: string, body?: object): Effect.Effect<A, AdminRefused> =>
    Effect.gen(function* () {
      let last: unknown
      for (const { url } of backends) {
        const answer = yield* Effect.promise(() =>
          send(`${url}/api/v1/admin${path}`, method, credentials, body).catch((cause: unknown) => {
            last = cause
            return undefined
          })
        )
        if (answer === undefined) continue
        const json = parsed(answer.text)
        if (answer.status >= 200 && answer.status < 300) return json as A
        const { code = "", message = answer.text, reason = "" } = (json as Failure).error ?? {}
        const shown = `${method} ${path}: ${answer.status} ${code} ${reason}: ${message}`
        return yield* new AdminRefused({ status: answer.status, code, reason, message: shown })
      }
      const message = `${method} ${path}: no backend answers (${String(last)})`
      return yield* new AdminRefused({ status: 0, code: "", reason: "", message })
    })
  return {
    get: (path) => call("GET", path),
    post: (path, body) => call("POST", path, body),
    as: (other) => adminOf(backends, other)
  }
}
