/**
 * A copy of the working tree to break things in: the repository itself is never changed, however a run ends.
 *
 * Installed packages are shared; the repository's own are those of the copy.
 */
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"
import { root } from "../lib/tree.ts"

const own = "@galaxy"

/** Makes the copy at `folder`, in place of what is there. */
export const copyTree = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true })
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
  for (const file of listed.toString().split("\0")) {
    // Listed, and yet deleted from the working tree.
    if (file === "" || !existsSync(join(root, file))) continue
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  const modules = join(folder, "node_modules")
  mkdirSync(join(modules, own), { recursive: true })
  for (const name of readdirSync(join(root, "node_modules"))) {
    // Vitest keeps what it has transformed here: each copy its own.
    if (name !== own && !name.startsWith(".vite")) symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
  for (const name of readdirSync(join(root, "node_modules", own))) {
    symlinkSync(readlinkSync(join(root, "node_modules", own, name)), join(modules, own, name))
  }
}
