/** Tools that only the web client has: its TypeScript is another than the rest's, so they lie in its own folder. */
import { createRequire } from "node:module"
import { join } from "node:path"
import { root } from "../lib/tree.ts"

/** The web client's package. */
export const web = join(root, "packages/web")

const require = createRequire(join(web, "package.json"))

const programOf = (name: string): string => {
  const manifest = require.resolve(`${name}/package.json`)
  const { bin } = require(manifest) as { readonly bin: string | Readonly<Record<string, string>> }
  const path = typeof bin === "string" ? bin : Object.values(bin)[0]
  return join(manifest, "..", path ?? "")
}

/** SvelteKit's program, for Node. */
export const svelteKit = programOf("@sveltejs/kit")

/** The type check of scripts and templates, for Node: its program and arguments. Warnings are failures too. */
export const svelteCheck: ReadonlyArray<string> = [
  programOf("svelte-check"),
  "--tsgo-experimental-api",
  "--fail-on-warnings",
  "--tsconfig",
  "./tsconfig.json"
]
