/**
 * Holds the folders inside a package against the table of who may import whom.
 *
 * The table is given from the ground up: a folder may import only what stands above its own line, so a table without
 * cycles is the only kind there is.
 */
import { posix } from "node:path"
import { importsOf } from "./imports.ts"

/** A folder of `src/` (or a file at its top, without `.ts`) and the folders that it may import, all named before it. */
export type FolderTable = ReadonlyArray<readonly [folder: string, imports: ReadonlyArray<string>]>

/** The longest name of the table that the path lies in. */
const folderOf = (table: FolderTable, path: string): string | undefined =>
  table
    .map(([folder]) => folder)
    .filter((folder) => path === `src/${folder}.ts` || path.startsWith(`src/${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0]

/** Everything in which the files depart from the table, one line each. `files` are texts by path inside the package. */
export const findFolderViolations = (
  name: string,
  table: FolderTable,
  files: ReadonlyMap<string, string>
): ReadonlyArray<string> => {
  const violations: Array<string> = []
  const above = new Set<string>()
  for (const [folder, imports] of table) {
    for (const wanted of imports) {
      if (!above.has(wanted)) violations.push(`the table lets ${folder} import ${wanted}, which stands below it`)
    }
    above.add(folder)
  }
  const allowed = new Map(table)
  for (const [path, source] of files) {
    if (!path.startsWith("src/")) continue
    const folder = folderOf(table, path)
    if (folder === undefined) {
      violations.push(`packages/${name}/${path}: lies in no folder of the table`)
      continue
    }
    for (const { specifier, line } of importsOf(path, source)) {
      if (specifier === undefined || !specifier.startsWith(".")) continue
      const target = folderOf(table, posix.join(posix.dirname(path), specifier))
      if (target === undefined || target === folder || allowed.get(folder)?.includes(target) === true) continue
      violations.push(`packages/${name}/${path}:${line}: ${folder} may not import ${target}`)
    }
  }
  return violations
}
