/** Where things are in this repository, and programs that are run to make images. */
import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { fileURLToPath } from "node:url"

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")

/** The repository's own Node comes first: its tools need it. */
const env = {
  ...process.env,
  NODE_OPTIONS: "",
  PATH: [join(root, "node_modules/node/bin"), join(root, "node_modules/.bin"), process.env.PATH].join(delimiter)
}

/** Runs a program to its end and returns its output; throws if it fails. */
export const run = (program, args, options = {}) =>
  execFileSync(program, args, { cwd: root, env, encoding: "utf8", maxBuffer: 1e8, ...options })

/** The commit that this is built from. */
export const revision = () => {
  try {
    return run("git", ["rev-parse", "HEAD"], { stdio: ["ignore", "pipe", "ignore"] }).trim()
  } catch {
    return "unknown"
  }
}

/** Calls `section` with a new folder, which is removed afterwards. */
export const inScratch = async (section) => {
  const scratch = mkdtempSync(join(tmpdir(), "galaxy-image-"))
  try {
    return await section(scratch)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/**
 * Builds the image of a context with a `Containerfile`. What the tool says is shown if it fails, or all along if `shown`.
 */
export const build = ({ tool, tag, labels = {}, values = {}, folder, shown = false }) =>
  new Promise((done, failed) => {
    const pairs = (option, of) => Object.entries(of).flatMap(([name, value]) => [option, `${name}=${value}`])
    const args = ["build", "--file", join(folder, "Containerfile"), "--tag", tag]
    const child = spawn(tool, [...args, ...pairs("--build-arg", values), ...pairs("--label", labels), folder], {
      stdio: ["ignore", shown ? "inherit" : "pipe", shown ? "inherit" : "pipe"]
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk))
    child.on("error", (error) => failed(new Error(`${tool} can't be run: ${error.message}`)))
    child.on("close", (code) => {
      if (code === 0) return done()
      failed(new Error(`${tool} build of ${tag} failed.${said === "" ? "" : `\n${said.slice(-4000)}`}`))
    })
  })
