/** The keys of a gateway process, from its settings and the files that they name. */
import { readFileSync, statSync } from "node:fs"
import type { EndorsedKey } from "@galaxy/contract/api/GatewayInfo"
import type { Values } from "../config/load.ts"
import type * as settings from "../config/settings.ts"
import { readProblem } from "../files/problems.ts"
import * as Endorsements from "../gateway/keys/endorsements.ts"
import * as SigningKey from "../gateway/keys/signingKey.ts"

/** What a gateway signs with and publishes, and what its operator should know. */
export interface GatewayKeys {
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly endorsed: ReadonlyArray<typeof EndorsedKey.Type>
  /** One line each, for the log. */
  readonly warnings: ReadonlyArray<string>
}

type KeyValues = Pick<
  Partial<Values<typeof settings.gatewayAlone>>,
  "signingKey" | "signingKeyPath" | "keyEndorsementsPath"
>

const read = (name: string, path: string): { readonly content: Buffer } | { readonly problem: string } => {
  try {
    return { content: readFileSync(path) }
  } catch (cause) {
    return { problem: `${name}: ${readProblem(path, cause)}` }
  }
}

/** The bit that lets every user of the machine read. */
const readableByOthers = 0o004

const modeWarning = (path: string): ReadonlyArray<string> =>
  process.platform !== "win32" && (statSync(path).mode & readableByOthers) !== 0
    ? [`every user of this machine can read the signing key in ${path}; take that away with chmod o-r`]
    : []

const seedOf = (values: KeyValues) => {
  if (values.signingKeyPath === undefined) return { value: values.signingKey }
  const file = read("GATEWAY_SIGNING_KEY_PATH", values.signingKeyPath)
  if ("problem" in file) return file
  const parsed = SigningKey.parseFile(file.content)
  return "problem" in parsed
    ? { problem: `GATEWAY_SIGNING_KEY_PATH: ${values.signingKeyPath} ${parsed.problem}` }
    : { ...parsed, warnings: modeWarning(values.signingKeyPath) }
}

/** Reads the files. The problems are one line each and show nothing of a key. */
export const keysOf = (
  values: KeyValues
): { readonly keys: GatewayKeys } | { readonly problems: ReadonlyArray<string> } => {
  if ((values.signingKey === undefined) === (values.signingKeyPath === undefined))
    return { problems: ["GATEWAY_SIGNING_KEY, GATEWAY_SIGNING_KEY_PATH: set one of them, and only one"] }
  const own = seedOf(values)
  const path = values.keyEndorsementsPath
  const file = path === undefined ? undefined : read("GATEWAY_KEY_ENDORSEMENTS_PATH", path)
  const seed = "problem" in own ? undefined : own.value
  const problems = [own, file].flatMap((it) => (it !== undefined && "problem" in it ? [it.problem] : []))
  if (seed === undefined || problems.length > 0) return { problems }
  const warnings = "warnings" in own ? own.warnings : []
  if (file === undefined || "problem" in file) return { keys: { seed, endorsed: [], warnings } }
  const endorsed = Endorsements.parse(file.content.toString("utf8"), SigningKey.publicKeyOf(seed))
  return "problem" in endorsed
    ? { problems: [`GATEWAY_KEY_ENDORSEMENTS_PATH: ${path}: ${endorsed.problem}`] }
    : { keys: { seed, endorsed: endorsed.value, warnings } }
}
