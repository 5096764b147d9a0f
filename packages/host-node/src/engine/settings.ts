/**
 * The settings that an engine process reads from its environment. A wrong value is reported in a line that names it.
 */

import { Redacted } from "effect"

/** How an engine process was started (wire.md, section 4). */
export interface EngineProgramSettings {
  readonly stateDir: string
  readonly host: string
  readonly port: number
  readonly version: string
  /** The bearer token that every call must carry. */
  readonly token: Redacted.Redacted
  /** Host names that it answers to, besides those of loopback. */
  readonly allowedHosts: ReadonlyArray<string>
  /** It ends when its standard input closes, and leaves SIGINT to its parent. */
  readonly exitWithParent: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

const address = (text: string): { readonly host: string; readonly port: number } | undefined => {
  const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(parts?.[3])
  const host = parts?.[1] ?? parts?.[2]
  return host !== undefined && port <= 65_535 ? { host, port } : undefined
}

/** The settings, or every problem with them. */
export const readSettings = (env: Environment): EngineProgramSettings | ReadonlyArray<string> => {
  const problems: Array<string> = []
  const stateDir = env["GALAXY_STATE_DIR"] ?? ""
  if (stateDir === "") problems.push("GALAXY_STATE_DIR: must be set to the folder of the game's state")
  const at = address(env["GALAXY_ENGINE_ADDR"] ?? "127.0.0.1:0")
  if (at === undefined) problems.push("GALAXY_ENGINE_ADDR: must be host:port, such as 127.0.0.1:0")
  const token = env["GALAXY_ENGINE_TOKEN"] ?? ""
  if (token === "") problems.push("GALAXY_ENGINE_TOKEN: must be set to the token that callers have to send")
  else if (!/^[\x21-\x7e]{1,1024}$/.test(token)) {
    problems.push("GALAXY_ENGINE_TOKEN: must have at most 1024 visible ASCII characters without spaces")
  }
  const parent = env["GALAXY_EXIT_WITH_PARENT"] ?? "0"
  if (parent !== "0" && parent !== "1") problems.push("GALAXY_EXIT_WITH_PARENT: must be 0 or 1")
  if (problems.length > 0 || at === undefined) return problems
  return {
    stateDir,
    ...at,
    version: env["GALAXY_ENGINE_VERSION"] ?? "0.1.0",
    token: Redacted.make(token),
    allowedHosts: (env["GALAXY_ENGINE_ALLOWED_HOSTS"] ?? "").split(/[\s,]+/).filter((name) => name !== ""),
    exitWithParent: parent === "1"
  }
}
