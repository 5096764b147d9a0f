/** Publishes everything to a registry on loopback, as both rehearsals of a release begin. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { npm, type Ran, run } from "../lib/run.ts"
import { root, toolEnv } from "../lib/tree.ts"
import { type Registry, startRegistry } from "./registry.ts"
import { inOrder } from "./release.ts"
import { type Staged, stageAll } from "./stage.ts"

/** A registry with all packages, and a stranger's shell that uses it. */
export interface Rehearsal {
  /** A new folder for all of it. */
  readonly folder: string
  readonly registry: Registry
  readonly staged: ReadonlyArray<Staged>
  /** As a stranger's shell has it: this Node, that registry and a cache of its own. */
  readonly env: () => NodeJS.ProcessEnv
  readonly npm: (cwd: string, ...args: ReadonlyArray<string>) => Promise<Ran>
  readonly close: () => Promise<void>
}

/** Builds, stages and publishes every package. */
export const rehearse = async (): Promise<Rehearsal> => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-rehearsal-"))
  await run(process.execPath, [join(root, "scripts/build.ts")], { cwd: root, env: toolEnv() })
  const upstream = await npm(tmpdir(), ["config", "get", "registry"])
  const registry = await startRegistry(upstream.trim())
  const host = registry.url.replace("http:", "")
  writeFileSync(join(folder, "npmrc"), `registry=${registry.url}/\n${host}/:_authToken=rehearsal\n`)
  const env = () => ({
    // Settings of these tests are none of a stranger's.
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GALAXY_"))),
    NODE_OPTIONS: "",
    PATH: [dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter),
    npm_config_userconfig: join(folder, "npmrc"),
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
    npm_config_loglevel: "error"
  })
  const strangersNpm = (cwd: string, ...args: ReadonlyArray<string>) => run("npm", args, { cwd, env: env() })
  const staged = stageAll(join(folder, "staged"))
  for (const it of inOrder(staged)) await strangersNpm(it.folder, "publish", "--access=public")
  return {
    folder,
    registry,
    staged,
    env,
    npm: strangersNpm,
    close: async () => {
      await registry.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
