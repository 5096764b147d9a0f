import { spawnSync } from "node:child_process"
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { publint } from "publint"
import { formatMessage } from "publint/utils"
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { importsOf } from "../architecture/imports.ts"
import { hasForTests } from "../lib/hasForTests.ts"
import { run } from "../lib/run.ts"
import { filesBelow, root } from "../lib/tree.ts"
import { publishedFolders } from "../publish/stage.ts"
import { embedded, playExample } from "./examples.ts"
import { makeOutside, manifestIn, strangerEnv } from "./outside.ts"

const { outside, installed, install, remove } = makeOutside()
/** Nobody imports programs: the rehearsal of a release runs them. */
const programs = new Set(["create", "host-cli"])
const packages = publishedFolders.filter((name) => !programs.has(name))
const contents = new Map<string, ReadonlyArray<string>>()

type Version = readonly [major: number, minor: number]

/** Of `v20.19.4`, or the lowest that `>=20.19` lets in. */
const versionIn = (text: string): Version => {
  const [, major = "", minor = "0"] = /^\s*(?:v|>=\s*)(\d+)(?:\.(\d+))?(?:\.\d+)?\s*$/.exec(text) ?? []
  if (major === "") throw new Error(`${text} is not understood as the lowest version of Node`)
  return [Number(major), Number(minor)]
}

const isBelow = ([major, minor]: Version, [other, otherMinor]: Version): boolean =>
  major < other || (major === other && minor < otherMinor)

const bodies = ["contract", "core", "edge", "engine", "client"]
const promised = (name: string): Version => versionIn(manifestIn(join(root, "packages", name)).engines?.node ?? "none")

/** A Node of the shell with the lowest major version that the bodies promise. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .find((program) => {
    const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8", env: { NODE_OPTIONS: "" } })
    if (status !== 0 || !/^v\d+\.\d+\.\d+\n$/.test(stdout)) return false
    const version = versionIn(stdout)
    return bodies.every((name) => version[0] === promised(name)[0] && !isBelow(version, promised(name)))
  })
hasForTests(oldNode !== undefined, "the bodies on the oldest Node that they promise (none such is on the PATH)")

/** Every Node on which the bodies are tried. */
const nodes = [process.execPath, ...(oldNode === undefined ? [] : [oldNode])]

/** The program of the guide; it has no types of its own, so that a Node that doesn't strip any runs it too. */
const guide = readFileSync(join(root, "docs/guides/embed-the-engine.md"), "utf8")
const game = /^```ts\n([^]*?)^```$/m.exec(guide)?.[1] ?? ""

const database = process.env["GALAXY_TEST_DATABASE_URL"] || undefined
if (database === undefined) console.log("skipped: the examples of embedding (GALAXY_TEST_DATABASE_URL names no server)")

beforeAll(async () => {
  for (const [name, files] of await install(packages)) contents.set(name, files)
  cpSync(join(import.meta.dirname, "program.ts"), join(outside, "program.ts"))
  writeFileSync(join(outside, "game.ts"), game)
  writeFileSync(join(outside, "game.js"), game)
  cpSync(join(root, "packages/embed/test/programs/game.ts"), join(outside, "play.ts"))
  for (const [name] of embedded) cpSync(join(root, "examples", name), join(outside, name), { recursive: true })
}, 120_000)

afterAll(remove)

describe("the published packages", () => {
  it("are all of this repository's, each with its modules and their types", () => {
    expect([...contents.keys()].toSorted()).toEqual(packages.toSorted())
    for (const [name, files] of contents) {
      const sources = filesBelow(join(root, "packages", name, "src")).filter((path) => path.endsWith(".ts"))
      const modules = sources.flatMap((path) => [path.replace(/\.ts$/, ".js"), path.replace(/\.ts$/, ".d.ts")])
      // The client for browsers is two pages instead of modules.
      const pages = ["dist", "dist-admin"].flatMap((it) => [`${it}/manifest.json`, `${it}/shell.html`])
      const wanted = name === "web" ? pages : modules.map((path) => `dist/${path}`)
      expect(files).toEqual(expect.arrayContaining(wanted))
    }
  })

  it("hold nothing else: no sources, no tests, no build records", () => {
    const extra = [...contents].flatMap(([name, files]) =>
      files
        .filter(
          (path) => name !== "web" || !/^dist(-admin)?\/[\w./-]+\.(js|css|html|json|svg|woff2)(\.(br|gz))?$/.test(path)
        )
        .filter(
          (path) =>
            !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|docs\/.*\.(md|json|yml)|dist\/.*\.(js|d\.ts)(\.map)?)$/.test(
              path
            )
        )
        .map((path) => `${name}/${path}`)
    )
    expect(extra).toEqual([])
  })

  it("come with a README, the licence and the change log", () => {
    const licence = readFileSync(join(root, "LICENSE"), "utf8")
    const without = [...contents].filter(([name, files]) => {
      const wanted = ["README.md", "LICENSE", "CHANGELOG.md"]
      const itsOwn = join(installed(name), "LICENSE")
      return !wanted.every((file) => files.includes(file)) || readFileSync(itsOwn, "utf8") !== licence
    })
    expect(without.map(([name]) => name)).toEqual([])
  })

  it("have manifests that name only what is there", async () => {
    const found = await Promise.all(
      packages.map(async (name) => {
        const { messages } = await publint({ pkgDir: installed(name), pack: false, strict: true })
        const manifest = manifestIn(installed(name))
        return messages.map((it) => `${name}: ${formatMessage(it, manifest)}`)
      })
    )
    expect(found.flat()).toEqual([])
    for (const name of packages) {
      expect(JSON.stringify(manifestIn(installed(name)))).not.toContain("@galaxy/source")
      expect(manifestIn(installed(name)).repository?.directory).toBe(`packages/${name}`)
    }
  })

  it("import no TypeScript", () => {
    const wrong = [...contents].flatMap(([name, files]) =>
      files
        .filter((path) => path.endsWith(".js"))
        .flatMap((path) =>
          importsOf(path, readFileSync(join(installed(name), path), "utf8"))
            .filter(({ specifier }) => specifier?.endsWith(".ts"))
            .map(({ specifier }) => `${name}/${path} imports ${specifier}`)
        )
    )
    expect(wrong).toEqual([])
  })

  it.each(packages)("promise no older Node than their libraries run on: %s", (name) => {
    const { dependencies, peerDependencies } = manifestIn(join(root, "packages", name))
    const tooOld = Object.keys({ ...dependencies, ...peerDependencies }).flatMap((library) => {
      const own = join(root, "packages", name, "node_modules", library)
      const needed = manifestIn(existsSync(own) ? own : join(root, "node_modules", library)).engines?.node
      return needed !== undefined && isBelow(promised(name), versionIn(needed)) ? [`${library} needs ${needed}`] : []
    })
    expect(tooOld).toEqual([])
  })

  it.each(nodes)("load, every module of the bodies, on %s", async (node) => {
    const specifiers = bodies.flatMap((name) =>
      (contents.get(name) ?? [])
        .filter((path) => path.endsWith(".js") && !path.startsWith("dist/internal/"))
        .map((path) => `@galaxy/${name}/${path.slice("dist/".length, -".js".length)}`)
    )
    expect(specifiers.length).toBeGreaterThan(0)
    const file = join(outside, "all.js")
    writeFileSync(
      file,
      `${specifiers.map((it) => `await import(${JSON.stringify(it)})`).join("\n")}\nconsole.log("loaded")`
    )
    const { stdout } = await run(node, [file], { cwd: outside, env: strangerEnv() })
    expect(stdout).toBe("loaded\n")
  })

  it("work for a program that uses them", async () => {
    const { stdout } = await run(process.execPath, ["program.ts"], { cwd: outside, env: strangerEnv() })
    expect(JSON.parse(stdout)).toEqual({
      rpcs: ["ExecuteCommand", "SubscribeEvents"],
      verified: true,
      forged: false,
      tables: true
    })
  })

  it("play the game of the guide, the same on every Node", async () => {
    const played = nodes.map((node) => run(node, ["game.js"], { cwd: outside, env: strangerEnv() }))
    const [first, ...others] = (await Promise.all(played)).map(({ stdout }) => stdout)
    expect(first).toMatch(/^Report for Terrans, turn 10\n/)
    for (const other of others) expect(other).toBe(first)
  })

  it.skipIf(database === undefined)(
    "run the examples of embedding: each mails a login code, and ends when told",
    async () => {
      const played = embedded.map(([name, mount]) =>
        playExample([process.execPath], join(outside, name), mount, database ?? "")
      )
      for (const outcome of await Promise.all(played)) expect(outcome).toMatchObject({ ready: 200, code: 200, exit: 0 })
    }
  )

  it.skipIf(database === undefined)(
    "play a game with the engine that they bring, which ends with its Galaxy",
    async () => {
      const played = Effect.flatMap(TestDatabase.cloneUrl(database ?? ""), ({ url }) =>
        Effect.promise(() => {
          const env = { ...strangerEnv(), DATABASE_URL: url, ENGINES_FOLDER: join(outside, "engines") }
          return run(process.execPath, ["play.ts"], { cwd: outside, env })
        })
      )
      const { stdout } = await Effect.runPromise(Effect.scoped(played))
      expect(JSON.parse(stdout)).toEqual({ turn: 1, before: true, after: false })
    }
  )

  it("give a program their types", async () => {
    const config = { module: "nodenext", target: "es2024", lib: ["es2024", "dom", "dom.asynciterable"], strict: true }
    writeFileSync(
      join(outside, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { ...config, noEmit: true, types: ["node"], skipLibCheck: false },
        files: ["program.ts", "game.ts", "play.ts", ...embedded.map(([name]) => `${name}/main.ts`)]
      })
    )
    const check = () => spawnSync("tsc", ["-p", outside], { cwd: outside, env: strangerEnv(), encoding: "utf8" })
    // Faults of other people's declarations are not ours to fail for.
    const ours = (output: string) =>
      output
        .split("\n")
        .filter((line) => /^((program|game|play|embed-\w+\/main)\.ts|node_modules\/@galaxy\/)/.test(line))
    expect(ours(check().stdout)).toEqual([])

    const program = join(outside, "program.ts")
    writeFileSync(program, readFileSync(program, "utf8").replace("serverTimeMs:", "serverTimeSeconds:"))
    expect(ours(check().stdout).join()).toContain("serverTimeSeconds")
  })
})
