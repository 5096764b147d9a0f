/** Which exports of a TypeScript file carry no doc comment directly above them. */
import { parseSync } from "oxc-parser"

export interface Undocumented {
  readonly name: string
  readonly line: number
}

type Statement = ReturnType<typeof parseSync>["program"]["body"][number]

/** The names a statement exports itself. Re-exports have their comment where they are declared. */
const exportedNames = (statement: Statement): ReadonlyArray<string> => {
  if (statement.type === "ExportDefaultDeclaration") return ["default"]
  if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return []
  const { declaration } = statement
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []))
  }
  return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : []
}

/**
 * A comment counts where nothing but white space is between it and the export. A type and a value of one name need
 * only one of them, and so do the signatures of an overloaded function.
 */
export const undocumentedExports = (file: string, source: string): ReadonlyArray<Undocumented> => {
  const { program, comments } = parseSync(file, source)
  const docEnds = comments
    .filter(({ type, value }) => type === "Block" && value.startsWith("*"))
    .map(({ start, end }) => ({ start, end }))
  const firstStatement = program.body[0]?.start ?? 0
  const isDocumented = (start: number): boolean =>
    docEnds.some(
      (doc) =>
        doc.end <= start &&
        source.slice(doc.end, start).trim() === "" &&
        // The comment that opens the file speaks of the file.
        !(start === firstStatement && /\n\s*\n/.test(source.slice(doc.end, start)))
    )
  const documented = new Set<string>()
  const all: Array<Undocumented> = []
  for (const statement of program.body) {
    for (const name of exportedNames(statement)) {
      if (isDocumented(statement.start)) documented.add(name)
      all.push({ name, line: source.slice(0, statement.start).split("\n").length })
    }
  }
  return all.filter(({ name }, index) => !documented.has(name) && all.findIndex((it) => it.name === name) === index)
}
