import { execFile, spawnSync } from "node:child_process"
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { importsOf } from "../architecture/imports.ts"
import { filesBelow, root, toolEnv } from "../lib/tree.ts"
import { playExample } from "./examples.ts"

const run = promisify(execFile)
const outside = mkdtempSync(join(tmpdir(), "galaxy-outsider-"))
const modules = join(outside, "node_modules")
/** The command line is a bundle that nobody imports. */
const packages = readdirSync(join(root, "packages")).filter((name) => name !== "host-cli")
const contents = new Map<string, ReadonlyArray<string>>()

interface Manifest {
  readonly name: string
  readonly engines?: { readonly node?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

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
if (oldNode === undefined) {
  if (process.env["CI"])
    throw new Error("In CI nothing is skipped: no Node as old as the packages promise is on the PATH")
  console.log("skipped: the bodies on the oldest Node that they promise (none such is on the PATH)")
}

/** Every Node on which the bodies are tried. */
const nodes = [process.execPath, ...(oldNode === undefined ? [] : [oldNode])]

/** The program of the guide; it has no types of its own, so that a Node that doesn't strip any runs it too. */
const guide = readFileSync(join(root, "docs/guides/embed-the-engine.md"), "utf8")
const game = /^```ts\n([^]*?)^```$/m.exec(guide)?.[1] ?? ""

/** The examples of embedding, and where each serves the backend. */
const embedded = [
  ["embed-node", ""],
  ["embed-express", "/galaxy"]
] as const

const database = process.env["GALAXY_TEST_DATABASE_URL"] || undefined
if (database === undefined) console.log("skipped: the examples of embedding (GALAXY_TEST_DATABASE_URL names no server)")

/** As a stranger's shell has it: without this repository's export condition. */
const strangerEnv = () => ({ ...toolEnv(), NODE_OPTIONS: "" })

/** Third-party packages come from this repository's own installation, Galaxy's from their tarballs alone. */
const linkLibraries = (): void => {
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name.startsWith(".") || name === "@galaxy") continue
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
}

const unpack = async (file: string, name: string): Promise<void> => {
  const target = join(modules, "@galaxy", name)
  mkdirSync(target, { recursive: true })
  await run("tar", ["-xzf", join(outside, file), "-C", target, "--strip-components=1"])
  // Libraries that only this package has, in a version of its own.
  const own = join(root, "packages", name, "node_modules")
  if (readdirSync(dirname(own)).includes("node_modules")) symlinkSync(own, join(target, "node_modules"))
  contents.set(
    name,
    filesBelow(target).filter((path) => !path.startsWith("node_modules/"))
  )
}

beforeAll(async () => {
  const build = spawnSync(process.execPath, [join(root, "scripts/build.ts")], {
    cwd: root,
    env: toolEnv(),
    encoding: "utf8"
  })
  if (build.status !== 0) throw new Error(build.stdout + build.stderr)
  mkdirSync(modules)
  linkLibraries()
  const { stdout } = await run(
    "npm",
    [
      "pack",
      // Examples are workspaces too, and never published.
      ...packages.map((name) => `--workspace=packages/${name}`),
      "--json",
      "--loglevel=error",
      "--pack-destination",
      outside
    ],
    {
      cwd: root,
      env: strangerEnv(),
      maxBuffer: 100_000_000
    }
  )
  const packed = Object.values(JSON.parse(stdout) as Record<string, { name: string; filename: string }>)
  await Promise.all(packed.map(({ name, filename }) => unpack(filename, name.replace("@galaxy/", ""))))
  writeFileSync(join(outside, "package.json"), JSON.stringify({ type: "module" }))
  cpSync(join(import.meta.dirname, "program.ts"), join(outside, "program.ts"))
  writeFileSync(join(outside, "game.ts"), game)
  writeFileSync(join(outside, "game.js"), game)
  for (const [name] of embedded) cpSync(join(root, "examples", name), join(outside, name), { recursive: true })
}, 120_000)

afterAll(() => rmSync(outside, { recursive: true, force: true }))

describe("the published packages", () => {
  it("are all of this repository's, each with its modules and their types", () => {
    expect([...contents.keys()].toSorted()).toEqual(packages.toSorted())
    for (const [name, files] of contents) {
      const sources = filesBelow(join(root, "packages", name, "src")).filter((path) => path.endsWith(".ts"))
      const wanted = sources.flatMap((path) => [path.replace(/\.ts$/, ".js"), path.replace(/\.ts$/, ".d.ts")])
      expect(files).toEqual(expect.arrayContaining(wanted.map((path) => `dist/${path}`)))
    }
  })

  it("hold nothing else: no sources, no tests, no build records", () => {
    const extra = [...contents].flatMap(([name, files]) =>
      files
        .filter((path) => !/^(package\.json|README\.md|LICENSE|dist\/.*\.(js|d\.ts)(\.map)?)$/.test(path))
        .map((path) => `${name}/${path}`)
    )
    expect(extra).toEqual([])
  })

  it("come with a README and the licence", () => {
    const licence = readFileSync(join(root, "LICENSE"), "utf8")
    const without = [...contents].filter(([name, files]) => {
      const itsOwn = join(modules, "@galaxy", name, "LICENSE")
      return !files.includes("README.md") || !files.includes("LICENSE") || readFileSync(itsOwn, "utf8") !== licence
    })
    expect(without.map(([name]) => name)).toEqual([])
  })

  it("import no TypeScript", () => {
    const wrong = [...contents].flatMap(([name, files]) =>
      files
        .filter((path) => path.endsWith(".js"))
        .flatMap((path) =>
          importsOf(path, readFileSync(join(modules, "@galaxy", name, path), "utf8"))
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

  it("give a program their types", async () => {
    const config = { module: "nodenext", target: "es2024", lib: ["es2024", "dom", "dom.asynciterable"], strict: true }
    writeFileSync(
      join(outside, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: { ...config, noEmit: true, types: ["node"], skipLibCheck: false },
        files: ["program.ts", "game.ts", ...embedded.map(([name]) => `${name}/main.ts`)]
      })
    )
    const check = () => spawnSync("tsc", ["-p", outside], { cwd: outside, env: strangerEnv(), encoding: "utf8" })
    // Faults of other people's declarations are not ours to fail for.
    const ours = (output: string) =>
      output.split("\n").filter((line) => /^((program|game|embed-\w+\/main)\.ts|node_modules\/@galaxy\/)/.test(line))
    expect(ours(check().stdout)).toEqual([])

    const program = join(outside, "program.ts")
    writeFileSync(program, readFileSync(program, "utf8").replace("serverTimeMs:", "serverTimeSeconds:"))
    expect(ours(check().stdout).join()).toContain("serverTimeSeconds")
  })
})
