/**
 * Emits every package's `dist/`, the JavaScript and types that are published, and the pages of the web client.
 *
 * What an earlier build left and no source makes any more is removed first.
 */
import { spawnSync } from "node:child_process"
import { existsSync, readdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { exclusively } from "./lib/exclusive.ts"
import { filesBelow, root, toolEnv } from "./lib/tree.ts"

/** All but the web client, which is published as pages. */
const packages = readdirSync(join(root, "packages")).filter(
  (name) => name !== "web" && existsSync(join(root, "packages", name, "tsconfig.json"))
)

/** Files of `dist/` whose source is gone. */
const leftovers = (name: string): ReadonlyArray<string> => {
  const folder = join(root, "packages", name)
  return filesBelow(join(folder, "dist"))
    .filter((path) => {
      const source = path.replace(/\.(d\.ts|js)(\.map)?$/, ".ts")
      return source !== path && !existsSync(join(folder, "src", source))
    })
    .map((path) => join(folder, "dist", path))
}

const started = performance.now()
// Several tests build: whoever comes second finds it done, and nobody packs what another one is writing.
const { status } = exclusively("build", () => {
  for (const file of packages.flatMap(leftovers)) rmSync(file)
  const options = { cwd: root, env: toolEnv(), stdio: "inherit" } as const
  const types = spawnSync(
    "tsc",
    ["-b", ...packages.map((name) => `packages/${name}`), ...process.argv.slice(2)],
    options
  )
  // The command line is published as one bundle, and the web client as pages.
  const others = ["packages/host-cli/build.mjs", "scripts/web/build.ts"]
  return others.reduce(
    (done, script) => (done.status === 0 ? spawnSync(process.execPath, [join(root, script)], options) : done),
    types
  )
})
if (status === 0) {
  for (const name of packages) {
    const modules = filesBelow(join(root, "packages", name, "dist")).filter((path) => path.endsWith(".js"))
    console.log(`packages/${name}/dist: ${modules.length} modules`)
  }
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
}
process.exitCode = status ?? 1
