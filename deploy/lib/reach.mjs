/**
 * What a program imports: of this repository's packages and of the installed libraries, by its modules' imports.
 *
 * An image made by it holds what its program needs and nothing else, whatever the package of the program declares.
 */
import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { parseSync } from "oxc-parser"
import { root } from "./tools.mjs"

/** The specifiers in a module that name another one. Those that are computed at run time aren't seen. */
const specifiersOf = (file) => {
  const { module, errors } = parseSync(file, readFileSync(file, "utf8"))
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`)
  const source = readFileSync(file)
  const literal = ({ moduleRequest: { start, end } }) =>
    /^(["'])(.*)\1$/.exec(source.subarray(start, end).toString())?.[2]
  return [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value)),
    ...module.dynamicImports.map(literal)
  ].filter((it) => it !== undefined)
}

/** `@scope/name` or `name` of a specifier. */
const packageOf = (specifier) => specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/")

/** The file that a module of ours is published as. */
const moduleOf = (specifier) => {
  const [, name, ...path] = specifier.split("/")
  return join(root, "packages", name, "dist", `${path.join("/")}.js`)
}

/** The names of our packages and of the libraries that a program is made of; `programs` are paths below `packages/`. */
export const reachOf = (programs) => {
  const seen = new Set()
  const own = new Set()
  const libraries = new Set()
  const waiting = programs.map((path) => join(root, "packages", path))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    own.add(file.slice(root.length).split(/[\\/]/)[2])
    for (const specifier of specifiersOf(file)) {
      if (specifier.startsWith("node:")) continue
      if (specifier.startsWith(".")) waiting.push(join(dirname(file), specifier))
      else if (specifier.startsWith("@galaxy/")) waiting.push(moduleOf(specifier))
      else libraries.add(packageOf(specifier))
    }
  }
  return { own: [...own], libraries: [...libraries] }
}
