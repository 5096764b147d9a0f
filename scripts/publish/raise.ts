/** Raises the version of everything that is released: what `.changeset` asks for, and all places that tell the version. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { npm, run } from "../lib/run.ts"
import { root, toolEnv } from "../lib/tree.ts"

/** There is nothing to release: no file in `.changeset` asks for a version. */
export class NothingToRelease extends Error {}

/** The change log with what is unreleased under the version and its day; nothing is unreleased afterwards. */
export const releasedChangelog = (changelog: string, version: string, day: string): string => {
  const heading = "\n## Unreleased\n"
  if (changelog.includes(`\n## ${version}\n`) || changelog.includes(`\n## ${version} `)) return changelog
  if (!changelog.includes(heading)) throw new Error('CHANGELOG.md has no section "Unreleased"')
  return changelog.replace(heading, `${heading}\n## ${version} (${day})\n`)
}

/** The text of a module or a manifest with another version in the place that tells it. */
export const withVersion = (text: string, place: RegExp, version: string): string => {
  if (!place.test(text)) throw new Error(`no version is told at ${place.source}`)
  return text.replace(place, (_, before: string) => `${before}"${version}"`)
}

/** Longest time for the generated pages, for which everything is built. */
const buildMs = 1_800_000

const versionIn = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version

const edit = (folder: string, path: string, change: (text: string) => string): void => {
  const file = join(folder, path)
  writeFileSync(file, change(readFileSync(file, "utf8")))
}

/** Writes the version into all that changesets doesn't know: the root, the module `release`, and the change log. */
export const tell = (folder: string, version: string, day: string): void => {
  edit(folder, "package.json", (it) => withVersion(it, /(\n {2}"version": )"[^"]*"/, version))
  edit(folder, "packages/contract/src/release.ts", (it) => withVersion(it, /(export const release = )"[^"]*"/, version))
  edit(folder, "CHANGELOG.md", (it) => releasedChangelog(it, version, day))
}

/** Raises all versions; returns the new one. Fails with `NothingToRelease`. */
export const raise = async (day: string): Promise<string> => {
  const contract = join(root, "packages/contract")
  const before = versionIn(contract)
  await run(process.execPath, [join(root, "node_modules/@changesets/cli/bin.js"), "version"], { cwd: root })
  const version = versionIn(contract)
  if (version === before) throw new NothingToRelease("no file in .changeset asks for a version; npx changeset add")
  tell(root, version, day)
  await npm(root, ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"])
  // The lock file for other systems, and the pages that tell the version.
  for (const script of ["scripts/lockfile.ts", "scripts/codegen.ts"]) {
    await run(process.execPath, [join(root, script)], { cwd: root, env: toolEnv(), timeoutMs: buildMs })
  }
  return version
}
