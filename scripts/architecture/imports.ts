/** Every import of a TypeScript file, or of the scripts of a Svelte component: static, dynamic, of types alone, and the source of every re-export. */
import { parseSync, Visitor } from "oxc-parser"
import { scriptsOf } from "./svelte.ts"

export interface Import {
  /** Absent where a dynamic import computes it. */
  readonly specifier: string | undefined
  readonly line: number
}

export class UnreadableSource extends Error {
  override readonly name = "UnreadableSource"
}

export const importsOf = (file: string, source: string): ReadonlyArray<Import> =>
  file.endsWith(".svelte")
    ? scriptsOf(source).flatMap((script) => importsOf(`${file}.ts`, script))
    : importsOfModule(file, source)

const importsOfModule = (file: string, source: string): ReadonlyArray<Import> => {
  const { program, module, errors } = parseSync(file, source)
  const [error] = errors
  if (error !== undefined) throw new UnreadableSource(`${file}: ${error.message}`)
  const found: Array<Import> = []
  const add = (specifier: string | undefined, start: number): void => {
    found.push({ specifier, line: source.slice(0, start).split("\n").length })
  }
  for (const { moduleRequest } of module.staticImports) add(moduleRequest.value, moduleRequest.start)
  for (const { entries } of module.staticExports) {
    const request = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest
    if (request) add(request.value, request.start)
  }
  new Visitor({
    ImportExpression: ({ source: from, start }) =>
      add(from.type === "Literal" && typeof from.value === "string" ? from.value : undefined, start),
    TSImportType: ({ source: from }) => add(from.value, from.start),
    TSExternalModuleReference: ({ expression }) => add(expression.value, expression.start)
  }).visit(program)
  return found.toSorted((a, b) => a.line - b.line)
}
