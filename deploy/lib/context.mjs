/** Build contexts: the folders that an image is built from. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { copyLibraries } from "./libraries.mjs"
import { reachOf } from "./reach.mjs"
import { root, run } from "./tools.mjs"

/** Compiles the packages and builds the pages. */
export const buildPackages = () =>
  run(process.execPath, [join(root, "scripts/bootstrap.mjs"), "build"], { stdio: ["ignore", "ignore", "inherit"] })

const packed = new Map()

/** Packs our packages as they would be published, each once a run. */
const pack = (names, scratch) => {
  const missing = names.filter((name) => !packed.has(name))
  if (missing.length === 0) return
  const workspaces = missing.map((name) => `--workspace=packages/${name}`)
  const args = ["pack", ...workspaces, "--json", "--loglevel=error", "--pack-destination", scratch]
  for (const { name, filename } of Object.values(JSON.parse(run("npm", args)))) {
    packed.set(name.slice("@galaxy/".length), join(scratch, filename))
  }
}

const copyPackages = (names, target, scratch) => {
  pack(names, scratch)
  for (const name of names) {
    const folder = join(target, "node_modules/@galaxy", name)
    mkdirSync(folder, { recursive: true })
    const what = ["--strip-components=1", "--exclude=*.d.ts", "--exclude=*.map"]
    run("tar", ["-xzf", packed.get(name), "-C", folder, ...what])
  }
}

/**
 * Makes the context of one of the `images` in a new folder: `app` with the packages, the libraries and the health check;
 * where the image wants them, an empty folder `state`, and `secrets` with an empty file of settings that another one may be
 * mounted over. The packages must have been built.
 */
export const makeContext = (image, context, scratch) => {
  const { programs, also = [], pages = false, hasState = false, hasSettings = true, files = [], containerfile } = image
  const app = join(context, "app")
  mkdirSync(app, { recursive: true })
  if (hasState) mkdirSync(join(context, "state"))
  if (hasSettings) {
    mkdirSync(join(context, "secrets"))
    writeFileSync(join(context, "secrets/galaxy.env"), "")
  }
  const { own, libraries } = reachOf(programs)
  copyLibraries([...libraries, ...also], app)
  copyPackages(pages ? [...own, "web"] : own, app, scratch)
  for (const file of ["deploy/lib/healthcheck.mjs", "LICENSE", ...files]) {
    cpSync(join(root, file), join(app, file.split("/").at(-1)))
  }
  cpSync(join(root, containerfile), join(context, "Containerfile"))
}
