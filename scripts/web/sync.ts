/** What SvelteKit writes for tools that read the web client's sources: its types and the base of its configuration. */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { toolEnv } from "../lib/tree.ts"
import { svelteKit, web } from "./tools.ts"

/** Writes it unless it is there: without it neither Vite nor a type checker can read the sources. */
export const syncRoutes = (): void => {
  if (existsSync(join(web, "node_modules/$app/tsconfig.json"))) return
  const { status } = spawnSync(process.execPath, [svelteKit, "sync"], {
    cwd: web,
    env: toolEnv(),
    stdio: "inherit",
    timeout: 120_000
  })
  if (status !== 0) throw new Error("svelte-kit sync has failed")
}
