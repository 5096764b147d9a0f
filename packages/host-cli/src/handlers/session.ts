/** Signing in, and the contexts that are stored. */
import { resolve } from "node:path"
import { Effect, Option, Redacted } from "effect"
import { Ask } from "../ask/Ask.ts"
import { Api } from "../client/Api.ts"
import { serverUrl } from "../context/Connection.ts"
import {
  contextsFile,
  type PasswordFrom,
  readContexts,
  type StoredContext,
  writeContexts
} from "../context/contexts.ts"
import { lineOfInput, passwordFrom } from "../context/passwords.ts"
import { NoSuchTarget, Usage } from "../failures.ts"
import { Globals } from "../globals.ts"
import { Host } from "../host/Host.ts"
import { Output } from "../output/Output.ts"
import { withServices } from "./services.ts"

interface Given {
  readonly user: Option.Option<string>
  readonly passwordFile: Option.Option<string>
  readonly passwordCommand: Option.Option<string>
}

const validName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

const checkedName = (name: string) =>
  validName.test(name)
    ? Effect.succeed(name)
    : Effect.fail(new Usage({ message: `"${name}" must be 1 to 64 letters, digits, dots, dashes or underscores.` }))

const sourceOf = ({ passwordFile, passwordCommand }: Given, cwd: string): Effect.Effect<PasswordFrom, Usage> => {
  if (Option.isSome(passwordFile) && Option.isSome(passwordCommand)) {
    return Effect.fail(new Usage({ message: "--password-file and --password-command can't be given together." }))
  }
  if (Option.isSome(passwordFile)) return Effect.succeed({ from: "file", path: resolve(cwd, passwordFile.value) })
  if (Option.isNone(passwordCommand)) return Effect.succeed({ from: "prompt" })
  const [program, ...args] = passwordCommand.value.split(" ").filter((it) => it !== "")
  return program === undefined
    ? Effect.fail(new Usage({ message: "--password-command must name a program." }))
    : Effect.succeed({ from: "command", command: [program, ...args] })
}

const asked = (given: string | undefined, question: string, flag: string) =>
  given === undefined ? Effect.flatMap(Ask, (it) => it.text(question, `Give it: ${flag}`)) : Effect.succeed(given)

const contextFrom = Effect.fnUntraced(function* (given: Given) {
  const { env, cwd } = yield* Host
  const globals = yield* Globals
  const url = yield* asked(globals.server ?? (env["GALAXY_ADMIN_SERVER"] || undefined), "Server:", "--server URL")
  const server = yield* serverUrl(url, globals.insecure)
  const name = Option.getOrUndefined(given.user) ?? (env["GALAXY_ADMIN_USER"] || undefined)
  const user = yield* asked(name, "Administrator:", "--user NAME")
  const password = yield* sourceOf(given, cwd)
  return { server, user, password, ...(globals.insecure ? { insecure: true } : {}) } satisfies StoredContext
})

const store = Effect.fnUntraced(function* (name: string, context: StoredContext, use: boolean) {
  const host = yield* Host
  const all = yield* readContexts(host)
  const current = use ? name : all.current
  yield* writeContexts(host, {
    ...(current === undefined ? {} : { current }),
    contexts: { ...all.contexts, [name]: context }
  })
})

/** A name made from the host alone mustn't take the place of another server's or user's context. */
const unlikeStored = Effect.fnUntraced(function* (name: string, { server, user }: StoredContext) {
  const { contexts } = yield* readContexts(yield* Host)
  const there = Object.hasOwn(contexts, name) ? contexts[name] : undefined
  if (there === undefined || (there.server === server && there.user === user)) return
  return yield* new Usage({
    message: `The context ${name} is for ${there.user} at ${there.server}.`,
    hint: "Give this one another name, or replace that one: --name NAME"
  })
})

/** Checks name and password with the server and stores a context. */
export const login = (given: Given & { readonly name: Option.Option<string> }) =>
  withServices(
    Effect.gen(function* () {
      const { env } = yield* Host
      const { passwordStdin } = yield* Globals
      const output = yield* Output
      const context = yield* contextFrom(given)
      const name = yield* checkedName(
        Option.getOrElse(given.name, () => new URL(context.server).hostname.replaceAll(/[^\w.-]/g, ""))
      )
      if (Option.isNone(given.name)) yield* unlikeStored(name, context)
      const fromEnv = env["GALAXY_ADMIN_PASSWORD"] || undefined
      const password = passwordStdin
        ? Redacted.make(yield* lineOfInput("a password"))
        : fromEnv !== undefined
          ? Redacted.make(fromEnv)
          : yield* passwordFrom(context.password, context.user)
      const { server, user } = context
      yield* Effect.provide(
        Effect.flatMap(Api, ({ callAny }) => callAny("adminAccounts.get", { params: { username: user } })),
        Api.layerAt({ server, user, password, source: "login" })
      )
      yield* store(name, context, true)
      yield* output.item(
        { context: name, server, user },
        `Signed in at ${server} as ${user}; context ${name} is in use.`
      )
    })
  )

/** Forgets the context in use, or the one that was named. */
export const logout = withServices(
  Effect.gen(function* () {
    const host = yield* Host
    const globals = yield* Globals
    const name = globals.context ?? (yield* readContexts(host)).current
    if (name === undefined) return yield* (yield* Output).note("No context is in use.")
    yield* forget(name)
  })
)

const forget = Effect.fnUntraced(function* (name: string) {
  const host = yield* Host
  const { current, contexts } = yield* readContexts(host)
  if (!Object.hasOwn(contexts, name)) {
    return yield* new NoSuchTarget({
      message: `There is no context "${name}".`,
      hint: "See: galaxy-admin context list"
    })
  }
  const left = Object.fromEntries(Object.entries(contexts).filter(([it]) => it !== name))
  yield* writeContexts(host, { ...(current === undefined || current === name ? {} : { current }), contexts: left })
  yield* (yield* Output).item({ context: name, removed: true }, `The context ${name} is forgotten.`)
})

/** Shows what is used, and asks the server whether it agrees. */
export const whoami = withServices(
  Effect.gen(function* () {
    const { connection, callAny } = yield* Api
    const { server, user, source } = yield* connection
    const account = yield* callAny("adminAccounts.get", { params: { username: user } })
    yield* (yield* Output).item({ server, user, source, ...account })
  })
)

/** Lists contexts, with how the password is got. */
export const listContexts = withServices(
  Effect.gen(function* () {
    const host = yield* Host
    const { current, contexts } = yield* readContexts(host)
    const items = Object.entries(contexts).map(([name, { server, user, password }]) => ({
      name,
      current: name === current,
      server,
      user,
      password: password.from
    }))
    yield* (yield* Output).list(() => Effect.succeed({ items, next: undefined }), {
      columns: ["name", "current", "server", "user", "password"],
      empty: `There are no contexts in ${contextsFile(host)}.`
    })
  })
)

/** Makes a stored context the one in use. */
export const useContext = (name: string) =>
  withServices(
    Effect.gen(function* () {
      const host = yield* Host
      const { contexts } = yield* readContexts(host)
      if (!Object.hasOwn(contexts, name)) {
        return yield* new NoSuchTarget({
          message: `There is no context "${name}".`,
          hint: "See: galaxy-admin context list"
        })
      }
      yield* writeContexts(host, { current: name, contexts })
      yield* (yield* Output).item({ context: name, current: true }, `The context ${name} is in use.`)
    })
  )

/** Stores a context without asking the server. */
export const addContext = (given: Given & { readonly name: string }) =>
  withServices(
    Effect.gen(function* () {
      const name = yield* checkedName(given.name)
      const context = yield* contextFrom(given)
      yield* store(name, context, false)
      yield* (yield* Output).item(
        { context: name, server: context.server, user: context.user },
        `The context ${name} is stored.`
      )
    })
  )

/** Removes a stored context. */
export const removeContext = (name: string) => withServices(forget(name))
