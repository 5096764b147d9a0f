/** Copies the examples into the package of `npm create`, as strangers get them. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { templates } from "@galaxy/create/templates"
import { filesBelow, root } from "../lib/tree.ts"

/** What an example's folder has of this repository alone. */
const isOurs = (path: string): boolean => path.startsWith("node_modules/") || path.startsWith(".galaxy/")

/** Copies each template below `folder`; a name that npm leaves out of a package is changed, and changed back on copying. */
export const stageTemplates = (folder: string): void => {
  for (const { name, example } of templates) {
    const source = join(root, "examples", example)
    const target = join(folder, name)
    for (const path of filesBelow(source).filter((it) => !isOurs(it))) {
      mkdirSync(dirname(join(target, path)), { recursive: true })
      cpSync(join(source, path), join(target, path))
    }
    const hidden = join(target, ".gitignore")
    if (existsSync(hidden)) renameSync(hidden, join(target, "gitignore"))
    const manifest = join(target, "package.json")
    if (!existsSync(manifest)) throw new Error(`examples/${example} has no package.json`)
    const { description: _, ...rest } = JSON.parse(readFileSync(manifest, "utf8")) as Record<string, unknown>
    writeFileSync(manifest, `${JSON.stringify({ ...rest, name }, null, 2)}\n`)
  }
}
