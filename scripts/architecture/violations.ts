/**
 * Holds a tree of packages against the table of who may reach whom.
 *
 * Works on names and texts alone, so that its own tests can give it a bad tree.
 */
import { builtinModules } from "node:module"
import { posix } from "node:path"
import { type Import, importsOf } from "./imports.ts"

/** What one package may reach. */
export interface Row {
  /** Packages of this repository. */
  readonly packages: ReadonlyArray<string>
  /** Packages of others; `declared` is whatever its package.json names. */
  readonly libraries: ReadonlyArray<string> | "declared"
  readonly node: boolean
  /** SvelteKit compiles it: imports such as `$app/state` and `./$types` are its own. */
  readonly kit?: true
  /** Packages of this repository whose files it serves: it depends on them and never imports them. */
  readonly serves?: ReadonlyArray<string>
}

export type ArchitectureTable = Readonly<Record<string, Row>>

export interface Package {
  readonly dependencies: ReadonlyArray<string>
  /** What is put into its bundle, and is no dependency of what is published. */
  readonly bundled?: ReadonlyArray<string>
  /** Packages of this repository that its tsconfig.json references. */
  readonly references: ReadonlyArray<string>
  /** Texts by path inside the package: `src/…` and `test/…`. */
  readonly files: ReadonlyMap<string, string>
}

export interface Tree {
  readonly packages: ReadonlyMap<string, Package>
  /** What every test may import besides its package's own: the root's development tools. */
  readonly testLibraries: ReadonlyArray<string>
}

const scope = "@galaxy/"
const builtins = new Set(builtinModules)

const isBuiltin = (specifier: string): boolean =>
  specifier.startsWith("node:") || builtins.has(specifier.split("/", 1)[0] ?? specifier)

const libraryOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const isGenerated = (path: string): boolean => path.startsWith("src/gen/")

/**
 * What tests have in common that is nothing for the testkit, seen from a package: what makes bundles of this repository's
 * programs, the rule for programs that a machine lacks, and where PostgreSQL's are.
 */
const forTests: ReadonlySet<string> = new Set([
  "../../scripts/lib/bundled.ts",
  "../../scripts/lib/hasForTests.ts",
  "../../scripts/lib/serversForTests.ts"
])

/** Why the import is not allowed, if it is not. */
const refusal = (
  table: ArchitectureTable,
  tree: Tree,
  name: string,
  path: string,
  specifier: string | undefined
): string | undefined => {
  const row = table[name]
  const self = tree.packages.get(name)
  if (row === undefined || self === undefined) return undefined
  const isTest = path.startsWith("test/")
  const named = new Set([...self.dependencies, ...(self.bundled ?? [])])

  if (specifier === undefined) return row.node || isTest ? undefined : "computes what it imports"

  if (row.kit === true && /^(\$(app|env|lib|service-worker)(\/|$)|\.\/\$types$)/.test(specifier)) return undefined

  if (specifier.startsWith(".")) {
    // The bundler is told by a query what to make of a file.
    const file = row.kit === true ? specifier.replace(/\?[a-z&]+$/, "") : specifier
    const target = posix.join(posix.dirname(path), file)
    if (isTest && forTests.has(target)) return undefined
    if (target.startsWith("../")) return `reaches out of its package by path: ${specifier}`
    if (!isTest && !target.startsWith("src/")) return `imports ${specifier}, which is not published`
    return self.files.has(target) || /\.(json|css)$/.test(target)
      ? undefined
      : `imports ${specifier}, which does not exist`
  }

  if (isBuiltin(specifier)) {
    return row.node || isTest ? undefined : `imports the Node module ${specifier}`
  }

  if (specifier.startsWith(scope)) {
    const [wanted = "", ...rest] = specifier.slice(scope.length).split("/")
    if (wanted === name) return isTest ? undefined : `imports its own package by name: ${specifier}`
    if (rest.length === 0) return `imports ${specifier} as a whole; name a module of it`
    if (rest[0] === "internal") return `imports ${specifier}, which is private to ${scope}${wanted}`
    if (isTest && wanted === "testkit") return undefined
    if (!row.packages.includes(wanted)) return `may not reach ${scope}${wanted}`
    if (!named.has(scope + wanted)) return `imports ${specifier}, which its package.json does not name`
    return undefined
  }

  const library = libraryOf(specifier)
  if (isTest && tree.testLibraries.includes(library)) return undefined
  if (row.libraries !== "declared" && !row.libraries.includes(library)) return `may not use ${library}`
  return named.has(library) ? undefined : `imports ${library}, which its package.json does not name`
}

/** Files that import each other in a circle, each circle once, from its first file by name. */
const circles = (edges: ReadonlyMap<string, ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const found: Array<ReadonlyArray<string>> = []
  const done = new Set<string>()
  const path: Array<string> = []
  const walk = (file: string): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      const circle = path.slice(at)
      const first = circle.indexOf(circle.toSorted()[0] ?? file)
      found.push([...circle.slice(first), ...circle.slice(0, first)])
      return
    }
    if (done.has(file)) return
    path.push(file)
    for (const next of edges.get(file) ?? []) walk(next)
    path.pop()
    done.add(file)
  }
  for (const file of [...edges.keys()].toSorted()) walk(file)
  return found
}

/** A component says by its name what it is for. */
const hasHeader = (path: string, source: string): boolean =>
  path.endsWith(".svelte") || /^(#![^\n]*\n)?\s*(\/\*|\/\/)/.test(source)

/** Everything in which the tree departs from the table, one line each, with file and line where there is one. */
export const findViolations = (table: ArchitectureTable, tree: Tree): ReadonlyArray<string> => {
  const violations: Array<string> = []
  for (const [name, { dependencies, references, files }] of tree.packages) {
    const row = table[name]
    if (row === undefined) {
      violations.push(`packages/${name}: is not in the architecture's table`)
      continue
    }
    const edges = new Map<string, ReadonlyArray<string>>()
    const used = new Set<string>()
    for (const [path, source] of files) {
      const imports = importsOf(path, source)
      if (path.startsWith("src/")) {
        for (const { specifier } of imports) if (specifier !== undefined) used.add(libraryOf(specifier))
      }
      if (isGenerated(path)) continue
      const complain = (line: number, problem: string) =>
        violations.push(`packages/${name}/${path}:${line}: ${problem}`)
      if (path.startsWith("src/") && !hasHeader(path, source))
        complain(1, "opens without a comment that says what it is for")
      for (const { specifier, line } of imports) {
        const problem = refusal(table, tree, name, path, specifier)
        if (problem !== undefined) complain(line, problem)
      }
      edges.set(path, relativeTargets(path, imports))
    }
    for (const circle of circles(edges)) {
      violations.push(`packages/${name}: files import each other in a circle: ${[...circle, circle[0]].join(" → ")}`)
    }
    for (const dependency of dependencies) {
      const wanted = dependency.startsWith(scope) ? dependency.slice(scope.length) : undefined
      if (wanted !== undefined && row.serves?.includes(wanted) === true) continue
      if (wanted !== undefined && !row.packages.includes(wanted)) {
        violations.push(`packages/${name}/package.json: may not depend on ${dependency}`)
      } else if (files.size > 0 && !used.has(dependency)) {
        violations.push(`packages/${name}/package.json: ${dependency} is not used`)
      } else if (wanted !== undefined && !references.includes(wanted)) {
        violations.push(`packages/${name}/tsconfig.json: has no reference to ../${wanted}`)
      }
    }
  }
  return violations
}

const relativeTargets = (path: string, imports: ReadonlyArray<Import>): ReadonlyArray<string> =>
  imports.flatMap(({ specifier }) => (specifier?.startsWith(".") ? [posix.join(posix.dirname(path), specifier)] : []))
