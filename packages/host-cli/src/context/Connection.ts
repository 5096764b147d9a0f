/**
 * Which server is asked and who asks. In this order: flags, environment, stored contexts, the data folder of a platform on
 * this machine.
 */
import { Effect, Option, Redacted } from "effect"
import { Ask } from "../ask/Ask.ts"
import { NotSignedIn, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { type Contexts, readContexts, type StoredContext } from "./contexts.ts"
import { localPlatform } from "./dataFolder.ts"
import { passwordFrom } from "./passwords.ts"

/** A server and an administrator. */
export interface Connection {
  /** Origin, and a path where a proxy serves the backend below one; without a slash at the end. */
  readonly server: string
  readonly user: string
  readonly password: Redacted.Redacted
  /** Where all this comes from, in words. */
  readonly source: string
}

const loopback = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/

/** An address as it is used; fails with `Usage` for one that is none, or that would send a password in the clear. */
export const serverUrl = Effect.fnUntraced(function* (text: string, insecure: boolean) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    return yield* new Usage({
      message: `"${text.replace(/\/\/[^/]*@/, "//")}" must be an address such as https://galaxy.example.org.`
    })
  }
  if (url.username !== "" || url.password !== "") {
    return yield* new Usage({
      message: "A server's address must not hold a name or password: others can see arguments."
    })
  }
  if (url.protocol === "http:" && !loopback.test(url.hostname) && !insecure) {
    return yield* new Usage({
      message: `The password would go to ${url.host} unencrypted.`,
      hint: "Use https://, or --insecure if the network between is yours alone."
    })
  }
  return url.href.replace(/\/+$/, "")
})

interface Found {
  readonly server: string
  readonly insecure: boolean
  readonly source: string
  readonly context?: StoredContext
  readonly local?: { readonly user: string; readonly password: Redacted.Redacted }
}

const named = (contexts: Contexts, name: string, source: string): Effect.Effect<Found, Usage> => {
  const context = Object.hasOwn(contexts.contexts, name) ? contexts.contexts[name] : undefined
  return context === undefined
    ? Effect.fail(new Usage({ message: `There is no context "${name}".`, hint: "See: galaxy-admin context list" }))
    : Effect.succeed({ server: context.server, insecure: context.insecure === true, context, source })
}

const find = Effect.fnUntraced(function* () {
  const host = yield* Host
  const globals = yield* Globals
  const contexts = yield* readContexts(host)
  const ofServer = Effect.fnUntraced(function* (given: string, source: string) {
    const server = yield* serverUrl(given, globals.insecure)
    const context = Object.values(contexts.contexts).find((it) => it.server.replace(/\/+$/, "") === server)
    if (context !== undefined)
      return { server, insecure: globals.insecure || context.insecure === true, context, source }
    const local = yield* Effect.option(localPlatform(host))
    const here = Option.getOrUndefined(Option.flatten(local))
    return { server, insecure: globals.insecure, source, ...(here?.server === server ? { local: here } : {}) }
  })
  if (globals.server !== undefined) return yield* ofServer(globals.server, "--server")
  if (globals.context !== undefined) return yield* named(contexts, globals.context, "--context")
  const envServer = host.env["GALAXY_ADMIN_SERVER"]
  if (envServer) return yield* ofServer(envServer, "GALAXY_ADMIN_SERVER")
  const envContext = host.env["GALAXY_ADMIN_CONTEXT"]
  if (envContext) return yield* named(contexts, envContext, "GALAXY_ADMIN_CONTEXT")
  if (contexts.current !== undefined) return yield* named(contexts, contexts.current, `context ${contexts.current}`)
  const local = yield* localPlatform(host)
  if (Option.isSome(local)) {
    const { server, folder } = local.value
    return { server, insecure: false, source: `data folder ${folder}`, local: local.value }
  }
  return yield* new NotSignedIn({
    message: "No server is known.",
    hint: "Sign in: galaxy-admin login --server URL. Or run it in the folder of npm start, or set GALAXY_DATA_DIR."
  })
})

/** Finds the server and the credentials, asking for what is missing where somebody can answer. */
export const connect = Effect.fnUntraced(function* () {
  const { env } = yield* Host
  const { insecure } = yield* Globals
  const found: Found = yield* find()
  const server = yield* serverUrl(found.server, found.insecure || insecure)
  const envUser = env["GALAXY_ADMIN_USER"] || undefined
  const envPassword = env["GALAXY_ADMIN_PASSWORD"] || undefined
  const ask = yield* Ask
  const user =
    envUser ??
    found.context?.user ??
    found.local?.user ??
    (ask.possible
      ? yield* ask.text("Administrator:", "GALAXY_ADMIN_USER")
      : yield* new NotSignedIn({
          message: `It isn't known who signs in at ${server}.`,
          hint: "Set GALAXY_ADMIN_USER and GALAXY_ADMIN_PASSWORD, or sign in: galaxy-admin login"
        }))
  if (envPassword !== undefined) return { server, user, password: Redacted.make(envPassword), source: found.source }
  const ownsLocal = found.local !== undefined && found.local.user === user
  const password = ownsLocal
    ? found.local.password
    : yield* passwordFrom(found.context?.user === user ? found.context.password : { from: "prompt" }, user)
  return { server, user, password, source: found.source } satisfies Connection
})
