/** The address of a PostgreSQL database, from a flag, the backend's own variable, or those of `psql`. */
import { userInfo } from "node:os"
import { Effect } from "effect"
import { Usage } from "../failures.ts"

type Env = Readonly<Record<string, string | undefined>>

const protocols = new Set(["postgres:", "postgresql:"])

const checked = (name: string, text: string) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && protocols.has(url.protocol) && url.hostname !== "" && url.pathname.length > 1
    ? Effect.succeed(url)
    : Effect.fail(new Usage({ message: `${name} must be an address such as postgres://user@host:5432/galaxy.` }))
}

/** The address by `PGHOST` and the like; undefined where none of them says which database. */
const fromVariables = (env: Env): Effect.Effect<URL | undefined, Usage> => {
  const { PGHOST: host, PGPORT: port, PGUSER: user = userInfo().username, PGDATABASE: database } = env
  if (host === undefined && database === undefined) return Effect.succeed(undefined)
  if (host?.startsWith("/") === true) {
    return Effect.fail(new Usage({ message: "PGHOST must be a host name or an address; sockets aren't supported." }))
  }
  const place = host?.includes(":") === true ? `[${host}]` : (host ?? "127.0.0.1")
  return checked(
    "PGHOST, PGPORT, PGDATABASE",
    `postgres://${encodeURIComponent(user)}@${place}:${port ?? "5432"}/${encodeURIComponent(database ?? user)}`
  )
}

/** The address as it may be shown: without a password, and of its parameters only how it is encrypted. */
export const shownUrl = (url: URL): string => {
  const shown = new URL(url)
  const mode = url.searchParams.get("sslmode")
  shown.password = ""
  shown.search = mode === null ? "" : new URLSearchParams({ sslmode: mode }).toString()
  return shown.href
}

/** The whole address with its password; undefined where nothing names a database. Fails with `Usage`. */
export const postgresUrl = Effect.fnUntraced(function* (flag: string | undefined, env: Env) {
  const own = env["BACKEND_POSTGRES_DSN"]
  const url =
    flag !== undefined
      ? yield* checked("--database", flag)
      : own
        ? yield* checked("BACKEND_POSTGRES_DSN", own)
        : yield* fromVariables(env)
  if (url === undefined) return undefined
  const names = [...url.searchParams.keys()]
  if (flag !== undefined && (url.password !== "" || names.some((it) => /pass/i.test(it)))) {
    return yield* new Usage({
      message: "--database must not hold a password: others can see arguments.",
      hint: "Set PGPASSWORD, or give the whole address by BACKEND_POSTGRES_DSN."
    })
  }
  const password = env["PGPASSWORD"]
  if (url.password === "" && password) url.password = encodeURIComponent(password)
  return url
})
