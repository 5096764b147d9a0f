/** What the web client is made of: everything whose change asks for a new build. */
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { filesBelow, root } from "../lib/tree.ts"

/** The lock file stands for all packages of others. */
const files = [
  "package-lock.json",
  ...["client", "contract", "engine", "web"].map((name) => `packages/${name}/package.json`),
  "packages/web/tsconfig.json",
  "packages/web/vite.config.ts"
]
const folders = [
  "packages/web/admin",
  "packages/client/src",
  "packages/contract/src",
  "packages/engine/src",
  "packages/web/src",
  "packages/web/static",
  "scripts/web"
]

const isTest = (path: string): boolean => path.endsWith(".test.ts")

/** SHA-256 over the paths and contents of all inputs, in hex: the same for the same tree on every machine. */
export const inputsHash = (tree = root): string => {
  const hash = createHash("sha256")
  const below = folders.flatMap((folder) => filesBelow(join(tree, folder)).map((path) => `${folder}/${path}`))
  for (const file of [...files, ...below].filter((path) => !isTest(path))) {
    const content = readFileSync(join(tree, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest("hex")
}
