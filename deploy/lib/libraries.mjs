/** The installed libraries: where they are, what they depend on, and what of them runs on this machine. */
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "./tools.mjs"

const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

/** Where Node finds a package, seen from a folder; undefined if it isn't installed. */
const find = (name, from) => {
  const folder = join(from, "node_modules", name)
  if (existsSync(join(folder, "package.json"))) return folder
  return from === root ? undefined : find(name, dirname(from))
}

/** Folders of the libraries with all that they depend on. Types are left out: they are for compilers. */
export const closure = (names, from = root) => {
  const found = new Set()
  const visit = (name, from, isOptional) => {
    if (name.startsWith("@types/")) return
    const folder = find(name, from)
    if (folder === undefined) {
      // Such as the same addon for another system.
      if (isOptional) return
      throw new Error(`${name} isn't installed; run npm ci first`)
    }
    if (found.has(folder)) return
    found.add(folder)
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder)
    for (const it of Object.keys(dependencies)) visit(it, folder, it in optionalDependencies)
    for (const it of Object.keys(optionalDependencies)) visit(it, folder, true)
  }
  for (const name of names) visit(name, from, false)
  return found
}

const otherSystem = new RegExp(`/prebuilds/(?!${process.platform}-${process.arch}(/|$))`)

/** What runs here: no types, maps or sources of libraries, and no addons for other systems. */
const isNeeded = (path) => !/\.(ts|mts|cts|map|md)$/.test(path) && !otherSystem.test(path)

/** Copies the libraries and all that they depend on to where Node looks for them, seen from a program in `target`. */
export const copyLibraries = (names, target) => {
  for (const folder of closure(names)) {
    cpSync(realpathSync(folder), join(target, folder.slice(root.length)), {
      recursive: true,
      // Nested packages come by themselves, if they are needed at all.
      filter: (path) => isNeeded(path) && !path.slice(folder.length).startsWith("/node_modules")
    })
  }
}

/** The native addons, for this machine, of everything that the processes may load. */
export const nativeAddons = () => {
  const package_ = join(root, "packages/host-node")
  const { dependencies, optionalDependencies } = manifestOf(package_)
  const libraries = Object.keys({ ...dependencies, ...optionalDependencies }).filter((it) => !it.startsWith("@galaxy/"))
  return [...closure(libraries, package_)].flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((path) => path.endsWith(".node"))
      .map((path) => join(folder, path))
      .filter(isNeeded)
  )
}
