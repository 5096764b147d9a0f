/**
 * Builds the players' client into `packages/web/dist` and the operators' console into `dist-admin`, unless what is there
 * was made of the same inputs.
 *
 * The folder is exchanged as a whole: a build that breaks off leaves the one before, or none.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { exclusively } from "../lib/exclusive.ts"
import { root, toolEnv } from "../lib/tree.ts"
import { assemble, builtManifest, type PolicyOf, type SizeOf } from "./assemble.ts"
import { inputsHash } from "./inputs.ts"
import { contentSecurityPolicy, strictPolicy } from "./policy.ts"
import { type Chunks, type Weights, weightsOf } from "./weights.ts"

const web = join(root, "packages/web")
const work = join(web, ".svelte-kit")

/** One of the two pages that are built: the players' client and the operators' console. */
interface Page {
  /** The folder that is served. */
  readonly dist: string
  /** What Vite makes. */
  readonly site: string
  readonly config: ReadonlyArray<string>
  readonly policyOf: PolicyOf
  readonly weigh?: (sizeOf: SizeOf) => Weights
}

/** The folder that gateways serve. */
export const dist = join(web, "dist")

/** From what SvelteKit and Vite have left of the build that has just been made. */
const weigh = (sizeOf: SizeOf): Weights =>
  weightsOf(
    JSON.parse(readFileSync(join(work, "output/client/.vite/manifest.json"), "utf8")) as Chunks,
    readFileSync(join(work, "generated/build/client-optimized/app.js"), "utf8"),
    sizeOf
  )

const pages: ReadonlyArray<Page> = [
  { dist, site: join(work, "site"), config: [], policyOf: contentSecurityPolicy, weigh },
  {
    dist: join(web, "dist-admin"),
    site: join(work, "admin-site"),
    config: ["--config", "admin/vite.config.ts"],
    policyOf: strictPolicy
  }
]

const next = join(work, "next")
const old = join(work, "old")

/** What came of a build: whether there is a page of the present inputs, and what there is to say. */
export interface Outcome {
  readonly built: boolean
  readonly problem?: string
}

const isWhole = (folder: string, inputs: string): boolean => {
  const manifest = builtManifest(folder)
  return (
    manifest?.inputs === inputs &&
    existsSync(join(folder, "shell.html")) &&
    Object.keys(manifest.files).every((path) => existsSync(join(folder, path)))
  )
}

const exchange = (folder: string): void => {
  rmSync(old, { recursive: true, force: true })
  if (existsSync(folder)) renameSync(folder, old)
  renameSync(next, folder)
  rmSync(old, { recursive: true, force: true })
}

/** Builds one page; answers what went wrong. */
const build = (page: Page, inputs: string): string | undefined => {
  const { status, stdout, stderr, error } = spawnSync("vite", ["build", "--logLevel", "warn", ...page.config], {
    cwd: web,
    encoding: "utf8",
    timeout: 300_000,
    // Tests and programs that are being developed set another mode, which would be another page.
    env: { ...toolEnv(), NODE_ENV: "production", GALAXY_WEB_VERSION: inputs.slice(0, 16) }
  })
  if (status !== 0) return `${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`
  try {
    assemble(page.site, next, page.dist, inputs, page.policyOf, page.weigh)
    exchange(page.dist)
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

/** Builds what is needed; `onBuild` is called before it begins. Two at once don't happen: the second finds it done. */
export const buildPage = (onBuild: () => void = () => undefined): Outcome =>
  exclusively("web-page", () => {
    const inputs = inputsHash()
    const stale = pages.filter((page) => !isWhole(page.dist, inputs))
    if (stale.length === 0) return { built: false }
    onBuild()
    for (const page of stale) {
      const problem = build(page, inputs)
      if (problem !== undefined) return { built: false, problem }
    }
    return { built: true }
  })

if (import.meta.main) {
  const started = performance.now()
  const { built, problem } = buildPage()
  if (problem !== undefined) console.error(`The web client can't be built.\n${problem}`)
  else if (built) console.log(`packages/web/dist: built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  process.exitCode = problem === undefined ? 0 : 1
}
