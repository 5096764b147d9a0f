import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./lib/tree.ts"

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const manifests = [
  "package.json",
  ...["packages", "examples"].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}/package.json`)
  )
]
const manifestAt = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest

/** A program may have any version of Effect that is known to work; this repository is tested with one. */
const effectRange = ">=4.1.0 <4.2"

const declared = manifests.flatMap((path) => {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = manifestAt(path)
  const peers = Object.entries(peerDependencies ?? {}).filter((it) => it.join(" ") !== `effect ${effectRange}`)
  return [...Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }), ...peers]
})
const page = readFileSync(join(root, "docs/dependencies.md"), "utf8")
const rows = [...page.matchAll(/^\| `([^`]+)` \| (\S+) \| (.*) \|$/gm)].map(([, name, version, why]) => ({
  line: `${name} ${version}`,
  why: why ?? ""
}))

it("every dependency is pinned to one exact version", () => {
  expect(declared.filter(([, version]) => !/^(npm:[a-z]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

it("docs/dependencies.md has each dependency with its version and a reason, and no other", () => {
  const wanted = new Set(
    declared
      .filter(([name]) => !name.startsWith("@galaxy/") && name !== "galaxy-admin")
      .map(([name, version]) => `${name} ${version}`)
  )
  expect(rows.map(({ line }) => line).toSorted()).toEqual([...wanted].toSorted())
  expect(rows.filter(({ why }) => why.length < 10)).toEqual([])
})

it("effect is a peer of every published library: two copies of it in one program don't know each other's services", () => {
  // Bundles have what they use inside, and the one that copies templates uses nothing.
  const closed = new Set(["host-cli", "web", "create"])
  const libraries = readdirSync(join(root, "packages")).filter((name) => !closed.has(name))
  const wrong = libraries.filter((name) => {
    const { dependencies, peerDependencies } = manifestAt(`packages/${name}/package.json`)
    return dependencies?.["effect"] !== undefined || peerDependencies?.["effect"] !== effectRange
  })
  expect(wrong).toEqual([])
})
