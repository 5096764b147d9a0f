/**
 * `npm run release`: shows what would be published, or publishes it.
 *
 * Without arguments it only stages, packs and checks. With `--publish` each package that the registry doesn't have in
 * this version is published, those first that others need; a release that broke off is continued by running it again.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import { npm, pack, run } from "../lib/run.ts"
import { root } from "../lib/tree.ts"
import { raise } from "./raise.ts"
import { type Staged, stageAll } from "./stage.ts"

const usage = `usage: npm run release [-- --publish] [--registry URL] [--tag TAG] [--provenance]
       npm run release -- --raise

Builds, stages and checks every package that is published, and shows what it holds.
  --publish      publishes those that the registry doesn't have in this version
  --registry URL where to; npm's own setting when absent
  --tag TAG      the tag under which it is found; latest when absent
  --provenance   states where it was built; only where a hosted runner builds it
  --raise        only raises the version, as the files in .changeset ask for, wherever it is told`

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly repository?: { readonly url?: string }
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

/** Packages in an order in which each comes after those that it needs. */
export const inOrder = (staged: ReadonlyArray<Staged>): ReadonlyArray<Staged> => {
  const byName = new Map(staged.map((it) => [it.name, it]))
  const done = new Set<Staged>()
  const visit = (it: Staged): void => {
    if (done.has(it)) return
    const { dependencies, peerDependencies } = manifestOf(it.folder)
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) {
      const needed = byName.get(name)
      if (needed !== undefined) visit(needed)
    }
    done.add(it)
  }
  for (const it of staged) visit(it)
  return [...done]
}

const noRepository =
  "no repository is named. Add to the root's package.json, with the address that is published from: " +
  '"repository": { "type": "git", "url": "git+https://HOST/OWNER/galaxy.git" }'

/** Everything that keeps these packages from being published, one line each. */
export const problemsOf = async (staged: ReadonlyArray<Staged>, changelog: string): Promise<Array<string>> => {
  const manifests = staged.map(({ folder }) => manifestOf(folder))
  const versions = new Set(manifests.map(({ version }) => version))
  const names = new Set(manifests.map(({ name }) => name))
  const [version = ""] = versions
  const problems: Array<string> = []
  if (versions.size > 1) problems.push(`the packages have different versions: ${[...versions].join(", ")}`)
  if (!changelog.includes(`\n## ${version}`)) problems.push(`CHANGELOG.md has no section for ${version}`)
  const homeless = manifests.filter(({ repository }) => repository?.url === undefined)
  if (homeless.length > 0) problems.push(`${homeless.map(({ name }) => name).join(", ")}: ${noRepository}`)
  for (const { name, dependencies } of manifests) {
    for (const [needed, wanted] of Object.entries(dependencies ?? {})) {
      if (names.has(needed) && wanted !== version) problems.push(`${name} needs ${needed} ${wanted}, not ${version}`)
    }
  }
  for (const { name, folder } of staged) {
    const { messages } = await publint({ pkgDir: folder, pack: false, strict: true })
    problems.push(...messages.map((it) => `${name}: ${formatMessage(it, manifestOf(folder) as never)}`))
  }
  return problems
}

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly entryCount: number
}

const kib = (bytes: number): string => `${Math.round(bytes / 1_024)} KiB`

const show = async ({ name, folder }: Staged): Promise<string> => {
  const packed = await pack<Packed>(folder, ["--dry-run"])
  const { size, unpackedSize, entryCount } = packed
  return `${name.padEnd(20)} ${kib(size).padStart(10)} ${kib(unpackedSize).padStart(10)} ${String(entryCount).padStart(6)} files`
}

const isThere = (name: string, version: string, folder: string, registry: ReadonlyArray<string>): Promise<boolean> =>
  npm(folder, ["view", `${name}@${version}`, "version", ...registry]).then(
    (found) => found.trim() === version,
    (error: { stderr?: string }) => {
      if (/E404/.test(error.stderr ?? "")) return false
      throw error
    }
  )

const publish = async (
  staged: ReadonlyArray<Staged>,
  options: ReadonlyArray<string>,
  registry: ReadonlyArray<string>
) => {
  for (const { name, folder } of inOrder(staged)) {
    const { version } = manifestOf(folder)
    if (await isThere(name, version, folder, registry)) {
      console.log(`${name}@${version} is there already`)
      continue
    }
    await npm(folder, ["publish", "--access=public", ...options, ...registry])
    console.log(`${name}@${version} published`)
  }
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      publish: { type: "boolean", default: false },
      registry: { type: "string" },
      tag: { type: "string" },
      raise: { type: "boolean", default: false },
      provenance: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false }
    }
  })
  if (values.help) {
    console.log(usage)
    return 0
  }
  if (values.raise) {
    console.log(
      `The version is ${await raise(new Date().toISOString().slice(0, 10))}. Look at the changes, and commit.`
    )
    return 0
  }
  await run(process.execPath, [join(root, "scripts/build.ts")], { cwd: root })
  const target = mkdtempSync(join(tmpdir(), "galaxy-release-"))
  try {
    const staged = stageAll(target)
    for (const line of await Promise.all(staged.map(show))) console.log(line)
    const problems = await problemsOf(staged, readFileSync(join(root, "CHANGELOG.md"), "utf8"))
    const changes = (await run("git", ["status", "--porcelain"], { cwd: root })).stdout
    if (changes !== "") problems.push("the work tree has changes that are not committed")
    if (problems.length > 0)
      console.error(`\nNot ready to be published:\n${problems.map((it) => `  ${it}`).join("\n")}`)
    if (problems.length > 0 || !values.publish) return problems.length > 0 ? 1 : 0
    const options = [
      ...(values.tag === undefined ? [] : ["--tag", values.tag]),
      ...(values.provenance ? ["--provenance"] : [])
    ]
    await publish(staged, options, values.registry === undefined ? [] : ["--registry", values.registry])
    return 0
  } finally {
    rmSync(target, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) {
  process.exitCode = await main().catch((error: Error & { stderr?: string }) => {
    console.error(error.stderr || error.message)
    return 1
  })
}
