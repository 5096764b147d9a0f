/**
 * Makes the folders that are published, one for each package, from the tree and its builds.
 *
 * A staged package is what `npm pack` finds: its modules and types, README, licence, change log and the pages of
 * `docs/` that its users need. Its manifest names only files that are there: the condition by which this repository
 * runs from sources is dropped.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { filesBelow, root } from "../lib/tree.ts"
import { stageTemplates } from "./stageTemplates.ts"

/** A published package's name and its staged folder. */
export interface Staged {
  readonly name: string
  /** The folder's name below `packages/`. */
  readonly from: string
  readonly folder: string
}

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

/** Pages of `docs/` that come with a package, by its folder. */
const docs: Readonly<Record<string, ReadonlyArray<string>>> = {
  client: ["reference/messages.md", "reference/errors.md"],
  contract: ["reference/messages.md", "reference/errors.md", "reference/openapi.json"],
  core: ["ARCHITECTURE.md", "FUNCTIONAL.md"],
  edge: ["ARCHITECTURE.md"],
  embed: ["guides/embed.md"],
  engine: [
    "guides/embed-the-engine.md",
    "guides/rules.md",
    "guides/write-your-own-engine.md",
    "reference/orders.md",
    "reference/ruleset.md"
  ],
  "host-cli": ["guides/operate.md", "reference/cli.md"],
  "host-node": ["reference/configuration.md", "operating"],
  testkit: ["guides/testing.md"]
}

const readJson = (path: string): JsonObject => JSON.parse(readFileSync(path, "utf8")) as JsonObject

const isEmpty = (value: Json): boolean => value !== null && typeof value === "object" && Object.keys(value).length === 0

/** Without the condition of sources, and without what had no other. */
const withoutSources = (value: Json): Json => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .filter(([key]) => key !== "@galaxy/source")
      .map(([key, inner]) => [key, withoutSources(inner)] as const)
      .filter(([, inner]) => !isEmpty(inner))
  )
}

/** The manifest as it is published: without what only this repository uses. */
const publishedManifest = (folder: string): JsonObject => {
  const { devDependencies: _, scripts: __, ...manifest } = readJson(join(root, folder, "package.json"))
  const { repository } = readJson(join(root, "package.json"))
  return {
    ...(withoutSources(manifest) as JsonObject),
    repository: { ...(repository as JsonObject | undefined), type: "git", directory: folder },
    files: [...(manifest["files"] as ReadonlyArray<string>), "docs", "templates", "CHANGELOG.md"]
  }
}

/** The files that `files` of the manifest names; a pattern with `!` takes away. */
const builtFiles = (folder: string, patterns: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = new Set(patterns.filter((it) => it.startsWith("!")).map((it) => it.slice(1)))
  return patterns
    .filter((it) => !it.startsWith("!"))
    .flatMap((it) => filesBelow(join(folder, it)).map((path) => `${it}/${path}`))
    .filter((path) => !left.has(path))
}

const copy = (from: string, to: string): void => {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true })
}

const stageOne = (name: string, target: string): Staged => {
  const folder = `packages/${name}`
  const source = join(root, folder)
  const manifest = publishedManifest(folder)
  const staged = join(target, name)
  const built = builtFiles(source, readJson(join(source, "package.json"))["files"] as ReadonlyArray<string>)
  if (built.length === 0) throw new Error(`${folder} isn't built`)
  rmSync(staged, { recursive: true, force: true })
  for (const path of [...built, "README.md", "LICENSE"]) copy(join(source, path), join(staged, path))
  copy(join(root, "CHANGELOG.md"), join(staged, "CHANGELOG.md"))
  for (const page of docs[name] ?? []) {
    const file = join(root, "docs", page)
    if (!existsSync(file)) throw new Error(`docs/${page} is to be published with ${folder}, and isn't there`)
    copy(file, join(staged, "docs", page))
  }
  if (name === "create") stageTemplates(join(staged, "templates"))
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`)
  return { name: manifest["name"] as string, from: name, folder: staged }
}

/** Folders of the packages that are published; those marked as private stay here. */
export const publishedFolders: ReadonlyArray<string> = readdirSync(join(root, "packages")).filter(
  (name) => readJson(join(root, "packages", name, "package.json"))["private"] !== true
)

/** Stages packages below `target`, all of them unless they are named. The builds must be there (`scripts/build.ts`). */
export const stageAll = (target: string, names = publishedFolders): ReadonlyArray<Staged> =>
  names.map((name) => stageOne(name, target))
