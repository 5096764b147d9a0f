/**
 * Builds the engine's image: `node deploy/engine/build.mjs <version> [options]`.
 *
 * The context holds the packed packages as they would be published, and of the installed libraries those that the engine
 * is built on. Nothing is fetched but the base image, and no file of the repository outside of that is in the context.
 */
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const here = dirname(fileURLToPath(import.meta.url))
const root = resolve(here, "../..")

const usage = `usage: node deploy/engine/build.mjs <version> [options]
  <version>         as in the platform's registry: major.minor.patch
  --tag NAME        name of the image (galaxy-engine:<version>)
  --base IMAGE      image with Node 24 (that of the Containerfile)
  --tool PROGRAM    docker, podman or another with the same "build" (docker)
  --context FOLDER  only make the build context, in this new folder`

/** Galaxy's packages that the engine's process is made of, and the libraries that it imports. */
const own = ["contract", "engine", "host-node"]
const libraries = ["effect", "@effect/platform-node"]

const give = (message) => {
  console.error(message)
  process.exit(2)
}

const readArguments = () => {
  const text = { type: "string" }
  const options = { tag: text, base: text, tool: text, context: text }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [version = "", ...more] = positionals
    if (!/^\d+\.\d+\.\d+$/.test(version) || more.length > 0) return give(usage)
    return { version, ...values }
  } catch (error) {
    return give(`${error.message}\n${usage}`)
  }
}

/** The repository's own Node comes first: its tools need it. */
const env = {
  ...process.env,
  NODE_OPTIONS: "",
  PATH: [join(root, "node_modules/node/bin"), join(root, "node_modules/.bin"), process.env.PATH].join(delimiter)
}

const run = (program, args, options = {}) =>
  execFileSync(program, args, { cwd: root, env, encoding: "utf8", maxBuffer: 1e8, ...options })

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** Where Node finds a package, seen from a folder. */
const find = (name, from) => {
  const folder = join(from, "node_modules", name)
  if (existsSync(join(folder, "package.json"))) return folder
  if (from === root) throw new Error(`${name} isn't installed; run npm ci first`)
  return find(name, dirname(from))
}

/** The libraries with all that they depend on; types are for compilers. */
const closure = () => {
  const found = new Set()
  const visit = (name, from) => {
    const folder = find(name, from)
    if (name.startsWith("@types/") || found.has(folder)) return
    found.add(folder)
    for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) visit(dependency, folder)
  }
  for (const name of libraries) visit(name, root)
  return found
}

/** What runs: no types, maps or sources of libraries. */
const isNeeded = (path) => !/\.(ts|mts|cts|map|md)$/.test(path)

const copyLibraries = (target) => {
  for (const folder of closure()) {
    cpSync(realpathSync(folder), join(target, folder.slice(root.length)), {
      recursive: true,
      // Nested packages come by themselves, if they are needed at all.
      filter: (path) => isNeeded(path) && !path.slice(folder.length).startsWith("/node_modules")
    })
  }
}

const copyPackages = (target, scratch) => {
  const workspaces = own.map((name) => `--workspace=packages/${name}`)
  const packed = run("npm", ["pack", ...workspaces, "--json", "--loglevel=error", "--pack-destination", scratch])
  for (const { name, filename } of Object.values(JSON.parse(packed))) {
    const folder = join(target, "node_modules", name)
    mkdirSync(folder, { recursive: true })
    run("tar", [
      "-xzf",
      join(scratch, filename),
      "-C",
      folder,
      "--strip-components=1",
      "--exclude=*.d.ts",
      "--exclude=*.map"
    ])
  }
}

const makeContext = (context, scratch) => {
  const app = join(context, "app")
  mkdirSync(app)
  mkdirSync(join(context, "state"))
  run(process.execPath, [join(root, "scripts/bootstrap.mjs"), "build"], { stdio: ["ignore", "ignore", "inherit"] })
  copyLibraries(app)
  copyPackages(app, scratch)
  cpSync(join(here, "healthcheck.mjs"), join(app, "healthcheck.mjs"))
  cpSync(join(root, "LICENSE"), join(app, "LICENSE"))
  cpSync(join(here, "Containerfile"), join(context, "Containerfile"))
}

const revision = () => {
  try {
    return run("git", ["rev-parse", "HEAD"], { stdio: ["ignore", "pipe", "ignore"] }).trim()
  } catch {
    return "unknown"
  }
}

const { version, tag = `galaxy-engine:${version}`, base, tool = "docker", context } = readArguments()
const scratch = mkdtempSync(join(tmpdir(), "galaxy-image-"))
try {
  const folder = context === undefined ? join(scratch, "context") : resolve(context)
  mkdirSync(folder, { recursive: context === undefined })
  makeContext(folder, scratch)
  if (context === undefined) {
    const values = { VERSION: version, REVISION: revision(), ...(base !== undefined && { BASE: base }) }
    const buildArgs = Object.entries(values).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`])
    const args = ["build", "--file", join(folder, "Containerfile"), "--tag", tag, ...buildArgs, folder]
    run(tool, args, { stdio: "inherit", env: process.env })
    console.log(`Built ${tag}.`)
  }
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
