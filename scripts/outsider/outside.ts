/** A folder outside this repository, in which its packages are installed from their tarballs. */
import { spawnSync } from "node:child_process"
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pack, run } from "../lib/run.ts"
import { filesBelow, root, toolEnv } from "../lib/tree.ts"
import { type Staged, stageAll } from "../publish/stage.ts"

/** What is read of a `package.json`. */
export interface Manifest {
  readonly name: string
  readonly engines?: { readonly node?: string }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly repository?: { readonly directory?: string }
}

/** The manifest of the package in a folder. */
export const manifestIn = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest

/** As a stranger's shell has it: without this repository's export condition. */
export const strangerEnv = () => ({ ...toolEnv(), NODE_OPTIONS: "" })

const isLink = (path: string) => lstatSync(path).isSymbolicLink()

/** The folder, and what may be done with it. */
export interface Outside {
  readonly outside: string
  /** Where a package is installed, by its folder's name in this repository. */
  readonly installed: (from: string) => string
  /** Builds, packs and unpacks packages; returns the files of each. */
  readonly install: (packages: ReadonlyArray<string>) => Promise<ReadonlyMap<string, ReadonlyArray<string>>>
  readonly remove: () => void
}

/** Makes the folder, which is empty. */
export const makeOutside = (): Outside => {
  const outside = mkdtempSync(join(tmpdir(), "galaxy-outsider-"))
  const modules = join(outside, "node_modules")
  const installed = (from: string): string => join(modules, manifestIn(join(root, "packages", from)).name)

  /** Third-party packages come from this repository's own installation, Galaxy's from their tarballs alone. */
  const linkLibraries = (): void => {
    for (const name of readdirSync(join(root, "node_modules"))) {
      // A link leads to a package of this repository.
      if (name.startsWith(".") || name === "@galaxy" || isLink(join(root, "node_modules", name))) continue
      symlinkSync(join(root, "node_modules", name), join(modules, name))
    }
  }

  const unpack = async ({ from, folder }: Staged): Promise<readonly [string, ReadonlyArray<string>]> => {
    const target = installed(from)
    mkdirSync(target, { recursive: true })
    const options = { env: strangerEnv() }
    const packed = await pack<{ filename: string }>(folder, ["--pack-destination", outside], options)
    await run("tar", ["-xzf", join(outside, packed.filename), "-C", target, "--strip-components=1"])
    // Libraries that only this package has, in a version of its own.
    const own = join(root, "packages", from, "node_modules")
    if (existsSync(own)) symlinkSync(own, join(target, "node_modules"))
    return [from, filesBelow(target).filter((path) => !path.startsWith("node_modules/"))]
  }

  return {
    outside,
    installed,
    install: async (packages) => {
      const build = spawnSync(process.execPath, [join(root, "scripts/build.ts")], {
        cwd: root,
        env: toolEnv(),
        encoding: "utf8"
      })
      if (build.status !== 0) throw new Error(build.stdout + build.stderr)
      mkdirSync(modules)
      linkLibraries()
      writeFileSync(join(outside, "package.json"), JSON.stringify({ type: "module" }))
      return new Map(await Promise.all(stageAll(join(outside, "staged"), packages).map(unpack)))
    },
    remove: () => rmSync(outside, { recursive: true, force: true })
  }
}
