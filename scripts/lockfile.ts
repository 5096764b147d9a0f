/**
 * Completes `package-lock.json` with the packages made for other systems.
 *
 * npm leaves out an optional package whose registry does not carry it, and then
 * `npm ci` refuses the lock file everywhere. Run after `npm install`; with
 * `--check` it only lists what is missing.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./lib/tree.ts"

interface Entry {
  readonly version?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [key: string]: unknown
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Entry>>
}

const systems = new Set(["android", "darwin", "freebsd", "linux", "openharmony", "win32"])
const processors = new Map([
  ["armv7", "arm"],
  ["wasm32", "wasm32"],
  ...["arm64", "arm", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"].map((name) => [name, name] as const)
])

/** What a platform package says about itself, as far as its name tells. */
const platform = (name: string): { os?: [string]; cpu?: [string]; libc?: [string] } => {
  const words = name.split(/[/-]/)
  const os = words.find((word) => systems.has(word))
  const cpu = words.map((word) => processors.get(word)).find((word) => word !== undefined)
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : words.includes("gnu") ? "glibc" : undefined
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && os === "linux" && { libc: [libc] }) }
}

/** Optional packages with an exact version that some package names and the lock file lacks, by their place. */
export const missingFrom = ({ packages }: Lockfile): ReadonlyMap<string, Entry> => {
  const missing = new Map<string, Entry>()
  for (const [path, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`
      const hoisted = `node_modules/${name}`
      if (packages[nested] !== undefined || packages[hoisted] !== undefined || !/^\d/.test(version)) continue
      const { os, cpu, libc } = platform(name)
      // In npm's own order of keys, so that it leaves the entry as it is.
      missing.set(hoisted, {
        version,
        ...(cpu && { cpu }),
        ...(entry.dev && { dev: true }),
        ...(libc && { libc }),
        optional: true,
        ...(os && { os })
      })
    }
  }
  return missing
}

/**
 * Optional packages that are named by a range and have no entry: their version can't be told from the lock file, so
 * whoever names them has to be held at a version that doesn't.
 */
export const unknownIn = ({ packages }: Lockfile): ReadonlyArray<string> =>
  Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => {
        const places = [`${path}/node_modules/${name}`, `node_modules/${name}`]
        return !/^\d/.test(version) && places.every((place) => packages[place] === undefined)
      })
      .map(([name, version]) => `${path} names ${name} ${version}`)
  )

if (import.meta.main) {
  const file = join(root, "package-lock.json")
  const lock = JSON.parse(readFileSync(file, "utf8")) as Lockfile
  const missing = missingFrom(lock)
  const unknown = unknownIn(lock)
  for (const [path, { version }] of missing) console.log(`${path} ${version}`)
  for (const line of unknown) console.log(`${line}, and no version of it is known`)
  if (process.argv.includes("--check")) process.exitCode = missing.size + unknown.length === 0 ? 0 : 1
  else if (missing.size > 0) {
    const places = Object.entries(lock.packages).concat([...missing])
    const packages = Object.fromEntries(places.toSorted(([a], [b]) => a.localeCompare(b, "en")))
    writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  }
}
