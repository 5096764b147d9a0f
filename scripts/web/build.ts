/**
 * Builds the web client into `packages/web/dist`, unless what is there was made of the same inputs.
 *
 * The folder is exchanged as a whole: a build that breaks off leaves the one before, or none.
 */
import { spawnSync } from "node:child_process"
import { existsSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { exclusively } from "../lib/exclusive.ts"
import { root, toolEnv } from "../lib/tree.ts"
import { assemble, builtManifest } from "./assemble.ts"
import { inputsHash } from "./inputs.ts"

/** The folder that gateways serve. */
export const dist = join(root, "packages/web/dist")

const web = join(root, "packages/web")
const site = join(web, ".svelte-kit/site")
const next = join(web, ".svelte-kit/next")
const old = join(web, ".svelte-kit/old")

/** What came of a build: whether there is a page of the present inputs, and what there is to say. */
export interface Outcome {
  readonly built: boolean
  readonly problem?: string
}

const isWhole = (inputs: string): boolean => {
  const manifest = builtManifest(dist)
  return (
    manifest?.inputs === inputs &&
    existsSync(join(dist, "shell.html")) &&
    Object.keys(manifest.files).every((path) => existsSync(join(dist, path)))
  )
}

const exchange = (): void => {
  rmSync(old, { recursive: true, force: true })
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(next, dist)
  rmSync(old, { recursive: true, force: true })
}

/** Builds if needed; `onBuild` is called before it begins. Two at once don't happen: the second finds it done. */
export const buildPage = (onBuild: () => void = () => undefined): Outcome =>
  exclusively("web-page", () => {
    const inputs = inputsHash()
    if (isWhole(inputs)) return { built: false }
    onBuild()
    const { status, stdout, stderr, error } = spawnSync("vite", ["build", "--logLevel", "warn"], {
      cwd: web,
      encoding: "utf8",
      timeout: 300_000,
      // Tests and programs that are being developed set another mode, which would be another page.
      env: { ...toolEnv(), NODE_ENV: "production", GALAXY_WEB_VERSION: inputs.slice(0, 16) }
    })
    if (status !== 0) return { built: false, problem: `${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}` }
    try {
      assemble(site, next, dist, inputs)
      exchange()
      return { built: true }
    } catch (cause) {
      return { built: false, problem: cause instanceof Error ? cause.message : String(cause) }
    }
  })

if (import.meta.main) {
  const started = performance.now()
  const { built, problem } = buildPage()
  if (problem !== undefined) console.error(`The web client can't be built.\n${problem}`)
  else if (built) console.log(`packages/web/dist: built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  process.exitCode = problem === undefined ? 0 : 1
}
