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

/** The path inside the package that an import names; undefined for one of another package. */
const targetOf = (path: string, specifier: string): string | undefined => {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(path), specifier)
  // SvelteKit's name for this folder.
  return specifier.startsWith("$lib/") ? `src/lib/${specifier.slice(5)}` : undefined
}

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
      const named = specifier === undefined ? undefined : targetOf(path, specifier)
      const target = named === undefined ? undefined : folderOf(table, named)
      if (target === undefined || target === folder || allowed.get(folder)?.includes(target) === true) continue
      violations.push(`packages/${name}/${path}:${line}: ${folder} may not import ${target}`)
    }
  }
  return violations
}

/** Which modules of other packages a folder may import; without a line, all that its package may. */
export type LibraryTable = Readonly<Record<string, { readonly only?: RegExp; readonly never?: RegExp }>>

/** Imports of other packages' modules that the folder may not have, one line each. */
export const findLibraryViolations = (
  name: string,
  table: LibraryTable,
  files: ReadonlyMap<string, string>
): ReadonlyArray<string> =>
  [...files].flatMap(([path, source]) => {
    const [, folder = ""] = /^src\/([^/]+)\//.exec(path) ?? []
    const { never, only } = table[folder] ?? {}
    return importsOf(path, source).flatMap(({ specifier = "", line }) =>
      !specifier.startsWith(".") && (only?.test(specifier) === false || never?.test(specifier) === true)
        ? [`packages/${name}/${path}:${line}: ${folder} may not import ${specifier}`]
        : []
    )
  })
