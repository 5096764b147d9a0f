/** What the platform's images are made of, as one hash: equal content has equal images. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../../scripts/lib/tree.ts"

/** The packages that are in images, and the one that the pages are built with. */
const packages = ["client", "contract", "core", "edge", "engine", "host-node", "web"]

/** Made by builds, or of no matter to them. */
const leftOut = new Set(["node_modules", "dist", "dist-admin", "test"])

const sourcesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !leftOut.has(name) && !name.startsWith(".") && !name.endsWith(".md"))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sourcesIn(path) : entry.isFile() ? [path] : []
    })

/** 12 hexadecimal digits that change with the sources of the packages, their libraries and the recipes of the images. */
export const contentHash = (): string => {
  const hash = createHash("sha256").update(`${process.version} ${process.arch}`)
  const folders = [
    ...packages.map((it) => `packages/${it}`),
    "deploy/lib",
    "deploy/engine",
    "deploy/platform",
    "deploy/services",
    "scripts/web"
  ]
  const files = [join(root, "package-lock.json"), ...folders.flatMap((it) => sourcesIn(join(root, it)))]
  for (const file of files.toSorted()) {
    hash.update(`\n${file.slice(root.length)}\n`).update(createHash("sha256").update(readFileSync(file)).digest())
  }
  return hash.digest("hex").slice(0, 12)
}
