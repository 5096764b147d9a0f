/**
 * `--check`: every problem of a process's configuration at once, from its variables and the files that they name.
 *
 * It listens on nothing, connects to nothing and changes nothing, so it can run beside the process itself.
 */
import { constants } from "node:fs"
import { access, stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { Effect } from "effect"
import type { ProcessName } from "../config/help.ts"
import { ConfigurationInvalid, type Environment, load, type Settings, type Values } from "../config/load.ts"
import * as settings from "../config/settings.ts"
import { folderTrouble } from "../files/diskSpace.ts"
import { readProblem } from "../files/problems.ts"
import * as MmdbGeoIp from "../geo/MmdbGeoIp.ts"
import * as SmtpMailTransport from "../mail/SmtpMailTransport.ts"
import { callersProblem } from "../user/callers.ts"
import { keysOf } from "./gatewayKeys.ts"
import { contradictions } from "./options.ts"

/**
 * The values of the groups. What is invalid has its default; in groups with settings that must be set, it may be missing.
 */
export interface Loaded {
  readonly allInOne?: Values<typeof settings.allInOne>
  readonly backend?: Values<typeof settings.backend>
  readonly backendAlone?: Partial<Values<typeof settings.backendAlone>>
  readonly gateway?: Values<typeof settings.gateway>
  readonly gatewayAlone?: Partial<Values<typeof settings.gatewayAlone>>
  readonly userServiceRequired?: Values<typeof settings.groups.user.userServiceRequired>
}

type Problems = Effect.Effect<ReadonlyArray<string>>

const none: Problems = Effect.succeed([])

const named = (name: string, problem: string | undefined): ReadonlyArray<string> =>
  problem === undefined ? [] : [`${name}: ${problem}`]

/** A folder that the process makes where it isn't there. */
const folder = (name: string, path: string | undefined): Problems =>
  path === undefined ? none : Effect.map(folderTrouble(path, "name another folder"), (it) => named(name, it))

/** A file that the process appends to, in a folder that exists or is made. */
const appendable = (name: string, path: string): Problems =>
  Effect.promise(async () => {
    try {
      if (!(await stat(path)).isFile()) return named(name, `${path} is no file; name another one`)
      await access(path, constants.R_OK | constants.W_OK)
      return []
    } catch (cause) {
      return cause instanceof Error && "code" in cause && cause.code === "ENOENT"
        ? undefined
        : named(name, readProblem(path, cause))
    }
  }).pipe(Effect.flatMap((it) => (it === undefined ? folder(name, dirname(resolve(path))) : Effect.succeed(it))))

const geoDatabase = (path: string | undefined): Problems =>
  path === undefined
    ? none
    : Effect.map(MmdbGeoIp.problemOf(path), (problem) => named("BACKEND_GEOIP_DB_PATH", problem))

const relay = (name: string, url: string | undefined): Problems =>
  url === undefined
    ? none
    : Effect.match(SmtpMailTransport.fromUrl(url), {
        onFailure: ({ message }) => named(name, message),
        onSuccess: () => []
      })

const places = ({ allInOne, backend, backendAlone }: Loaded): ReadonlyArray<Problems> => [
  geoDatabase(backend?.geoIpDbPath),
  backend?.erasureLedger === undefined ? none : appendable("BACKEND_ERASURE_LEDGER", backend.erasureLedger),
  relay("BACKEND_SMTP_URL", backendAlone?.smtpUrl),
  relay("GALAXY_MAIL_RELAY_URL", allInOne?.mailRelayUrl),
  // With Docker nothing is kept there, and the image of the backend names a folder that it can't write to.
  folder("BACKEND_DATA_DIR", backendAlone?.engines === "docker" ? undefined : backendAlone?.dataDir),
  folder("GALAXY_DATA_DIR", allInOne?.dataDir),
  allInOne?.logFile === undefined || allInOne.logFile === "-" ? none : appendable("GALAXY_LOG_FILE", allInOne.logFile)
]

/** The values of a group, each by itself. */
const asFarAsValid = (group: Settings, environment: Environment): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(group).map(([key, setting]) => {
      const own = { [setting.name]: environment[setting.name] }
      const loaded = load({ [key]: setting }, own, settings.knownNames)
      return [key, loaded instanceof ConfigurationInvalid ? setting.fallback : loaded[key]]
    })
  )

/** The values of a process's groups; what is malformed or missing is left out, or has its default. */
export const valuesAsFarAsValid = (name: ProcessName, environment: Environment): Loaded => {
  const groups: Readonly<Record<string, Settings>> = settings.groups[name]
  return Object.fromEntries(Object.entries(groups).map(([key, group]) => [key, asFarAsValid(group, environment)]))
}

const keyProblems = ({ gatewayAlone }: Loaded, problems: ReadonlySet<string>): ReadonlyArray<string> => {
  const isMalformed = Array.from(problems).some((it) => it.startsWith(`${settings.gatewayAlone.signingKey.name}:`))
  const keys = gatewayAlone === undefined || isMalformed ? undefined : keysOf(gatewayAlone)
  return keys !== undefined && "problems" in keys ? keys.problems : []
}

const settingOf = (problem: string): string | undefined => problem.split(":", 1)[0]

/** One line a problem, each once; no secret in any. */
export const problemsOf = (name: ProcessName, environment: Environment): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const groups: Readonly<Record<string, Settings>> = settings.groups[name]
    const problems = new Set<string>()
    for (const group of Object.values(groups)) {
      const loaded = load(group, environment, settings.knownNames)
      for (const problem of loaded instanceof ConfigurationInvalid ? loaded.problems : []) problems.add(problem)
    }
    const values = valuesAsFarAsValid(name, environment)
    for (const problem of keyProblems(values, problems)) problems.add(problem)
    const malformed = new Set([...problems].map(settingOf))
    for (const problem of contradictions({ ...values, inOneProcess: name === "all-in-one" })) {
      // What is malformed isn't missing as well.
      if (!malformed.has(settingOf(problem))) problems.add(problem)
    }
    for (const found of yield* Effect.all(places(values), { concurrency: 4 })) {
      for (const problem of found) problems.add(problem)
    }
    const callers = values.userServiceRequired === undefined ? undefined : callersProblem(values.userServiceRequired)
    if (callers !== undefined) problems.add(callers)
    return [...problems]
  })
