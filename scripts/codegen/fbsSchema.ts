/**
 * Reads the subset of the FlatBuffers schema language that `fbs/` is written in:
 * namespaces, includes, tables of scalars, strings, byte strings, vectors and tables. A string with the attribute `json`
 * holds an object as JSON text.
 *
 * Anything else is refused with its file and line, so that a descriptor is never
 * silently less than its schema.
 */
import type { TableField, FieldType, Scalar, Table } from "@galaxy/contract/fbs/descriptor"

export class FbsError extends Error {
  override readonly name = "FbsError"
  constructor(file: string, line: number, problem: string) {
    super(`${file}:${line}: ${problem}`)
  }
}

const scalars: ReadonlyMap<string, Scalar> = new Map(
  (["bool", "int", "uint", "long", "ulong", "double", "string"] as const).map((name) => [name, name])
)

const bounds: Partial<Record<Scalar, readonly [min: bigint, max: bigint]>> = {
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  uint: [0n, 2n ** 32n - 1n],
  // A descriptor keeps defaults as numbers.
  long: [BigInt(Number.MIN_SAFE_INTEGER), BigInt(Number.MAX_SAFE_INTEGER)],
  ulong: [0n, BigInt(Number.MAX_SAFE_INTEGER)]
}

interface Token {
  readonly text: string
  readonly line: number
}

const tokenPattern =
  /(\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|([A-Za-z_][\w.]*|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|"[^"\n]*"|[{}[\]():;=,])/y

const tokenize = (file: string, source: string): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  let line = 1
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < source.length) {
    const at = tokenPattern.lastIndex
    const match = tokenPattern.exec(source)
    if (match === null) throw new FbsError(file, line, `unexpected ${JSON.stringify(source[at])}`)
    if (match[2] !== undefined) tokens.push({ text: match[2], line })
    line += match[0].split("\n").length - 1
  }
  return tokens
}

/** A table's fields before the names of the tables they use are known. */
interface Declaration {
  readonly file: string
  readonly line: number
  readonly namespace: string
  readonly fields: ReadonlyArray<{ readonly line: number; readonly field: TableField }>
}

interface SchemaFile {
  readonly includes: ReadonlyArray<{ readonly path: string; readonly line: number }>
  readonly declarations: ReadonlyMap<string, Declaration>
}

const tableOf = (type: FieldType): string | undefined => {
  if (typeof type === "string") return undefined
  const inner = "vector" in type ? type.vector : type
  return typeof inner === "string" ? undefined : inner.table
}

const parseFile = (file: string, source: string): SchemaFile => {
  const tokens = tokenize(file, source)
  const lastLine = tokens.at(-1)?.line ?? 1
  let position = 0
  let namespace = ""
  const includes: Array<{ path: string; line: number }> = []
  const declarations = new Map<string, Declaration>()

  const peek = (): string | undefined => tokens[position]?.text
  const line = (): number => tokens[position]?.line ?? lastLine
  const fail = (problem: string): never => {
    throw new FbsError(file, line(), problem)
  }
  const found = (): string => (peek() === undefined ? "the end of the file" : `"${peek()}"`)
  const take = (text: string): void => {
    if (peek() !== text) fail(`expected "${text}", found ${found()}`)
    position++
  }
  const word = (what: string, pattern: RegExp): string => {
    const text = peek()
    if (text === undefined || !pattern.test(text)) return fail(`expected ${what}, found ${found()}`)
    position++
    return text
  }
  const dotted = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/
  const text = (): string => word("a quoted text", /^"/).slice(1, -1)

  const typeNamed = (name: string): Scalar | { readonly table: string } => {
    const scalar = scalars.get(name)
    if (scalar !== undefined) return scalar
    if (/^(byte|ubyte|u?short|u?int(8|16|32|64)|float(32|64)?)$/.test(name)) {
      position--
      fail(`type "${name}" is not used here: one of ${[...scalars.keys()].join(", ")}, [ubyte] or a table`)
    }
    return { table: name }
  }

  const fieldType = (): FieldType => {
    if (peek() !== "[") return typeNamed(word("a type", dotted))
    take("[")
    const element = word("a type", dotted)
    const type: FieldType = element === "ubyte" ? "bytes" : { vector: typeNamed(element) }
    take("]")
    return type
  }

  const defaultOf = (type: Scalar): number | boolean => {
    const value = word("a default value", /^(true|false|[-+.\d].*)$/)
    const wrong = (): never => {
      position--
      return fail(`"${value}" is not a valid default for ${type}`)
    }
    if (type === "bool") return value === "true" ? true : value === "false" ? false : wrong()
    if (value === "true" || value === "false") return wrong()
    const bound = bounds[type]
    if (bound === undefined) return Number(value)
    if (!/^[-+]?\d+$/.test(value)) return wrong()
    const number = BigInt(value.replace("+", ""))
    return number < bound[0] || number > bound[1] ? wrong() : Number(number)
  }

  const attributes = (): ReadonlySet<string> => {
    const seen = new Set<string>()
    if (peek() !== "(") return seen
    take("(")
    while (peek() !== ")") {
      if (seen.size > 0) take(",")
      const name = word("an attribute", /^\w+$/)
      if (name !== "required" && name !== "deprecated" && name !== "json") {
        position--
        fail(`attribute "${name}" is not used here: only required, deprecated and json are`)
      }
      seen.add(name)
    }
    take(")")
    return seen
  }

  const table = (): void => {
    const tableLine = line()
    const name = word("a table's name", /^[A-Za-z_]\w*$/)
    const full = namespace === "" ? name : `${namespace}.${name}`
    const fields: Array<{ line: number; field: TableField }> = []
    const names = new Set<string>()
    let slot = 0
    take("{")
    while (peek() !== "}") {
      const fieldLine = line()
      const fieldName = word("a field's name", /^[a-z]\w*$/)
      if (names.has(fieldName)) throw new FbsError(file, fieldLine, `${full} has two fields named "${fieldName}"`)
      names.add(fieldName)
      take(":")
      let type = fieldType()
      const isNumber = typeof type === "string" && type !== "string" && type !== "bytes"
      let initial: number | boolean | null | undefined
      if (peek() === "=") {
        take("=")
        if (!isNumber) fail(`"${fieldName}" can have no default: only numbers and bool can`)
        if (peek() === "null") {
          take("null")
          initial = null
        } else {
          initial = defaultOf(type as Scalar)
        }
      }
      const marks = attributes()
      if (marks.has("required") && isNumber) {
        throw new FbsError(file, fieldLine, `"${fieldName}" can not be required: numbers and bool always have a value`)
      }
      if (marks.has("json")) {
        if (type !== "string") throw new FbsError(file, fieldLine, `"${fieldName}" can not be json: only strings can`)
        type = "json"
      }
      take(";")
      // A deprecated field keeps its slot and is neither read nor written any more.
      if (!marks.has("deprecated")) {
        fields.push({
          line: fieldLine,
          field: {
            name: fieldName,
            slot,
            type,
            ...(initial === null ? { optional: true } : {}),
            ...(marks.has("required") ? { required: true } : {}),
            ...(initial !== undefined && initial !== null && initial !== 0 && initial !== false
              ? { default: initial }
              : {})
          }
        })
      }
      slot++
    }
    take("}")
    if (declarations.has(full)) throw new FbsError(file, tableLine, `table ${full} is declared twice`)
    declarations.set(full, { file, line: tableLine, namespace, fields })
  }

  while (peek() !== undefined) {
    const statementLine = line()
    const keyword = word("a declaration", /^[a-z_]+$/)
    if (keyword === "table") table()
    else if (keyword === "namespace") {
      namespace = word("a namespace", dotted)
      take(";")
    } else if (keyword === "include") {
      includes.push({ path: text(), line: statementLine })
      take(";")
    } else if (keyword === "root_type") {
      word("a table's name", dotted)
      take(";")
    } else if (keyword === "file_identifier" || keyword === "attribute") {
      text()
      take(";")
    } else {
      throw new FbsError(file, statementLine, `"${keyword}" is not used here: only tables are declared`)
    }
  }
  return { includes, declarations }
}

/** The table that `name` means inside `namespace`: the innermost namespace that has it. */
const resolveName = (name: string, namespace: string, known: ReadonlyMap<string, unknown>): string | undefined => {
  const scope = namespace === "" ? [] : namespace.split(".")
  for (let depth = scope.length; depth >= 0; depth--) {
    const candidate = [...scope.slice(0, depth), name].join(".")
    if (known.has(candidate)) return candidate
  }
  return undefined
}

/** Every table of the schemas, by full name, in order of file and declaration. `sources` maps file names to texts. */
export const readSchemas = (sources: ReadonlyMap<string, string>): ReadonlyMap<string, Table> => {
  const declared = new Map<string, Declaration>()
  for (const [file, source] of sources) {
    const parsed = parseFile(file, source)
    for (const { path, line } of parsed.includes) {
      const folder = file.includes("/") ? file.slice(0, file.lastIndexOf("/") + 1) : ""
      if (!sources.has(folder + path)) throw new FbsError(file, line, `included file "${path}" does not exist`)
    }
    for (const [name, declaration] of parsed.declarations) {
      const first = declared.get(name)
      if (first !== undefined) {
        throw new FbsError(file, declaration.line, `table ${name} is declared in ${first.file}:${first.line} too`)
      }
      declared.set(name, declaration)
    }
  }
  const tables = new Map<string, Table>()
  for (const [name, { file, namespace, fields }] of declared) {
    const resolved = fields.map(({ line, field }): TableField => {
      const wanted = tableOf(field.type)
      if (wanted === undefined) return field
      const table = resolveName(wanted, namespace, declared)
      if (table === undefined) throw new FbsError(file, line, `there is no table "${wanted}"`)
      const type: FieldType =
        typeof field.type === "object" && "vector" in field.type ? { vector: { table } } : { table }
      return { ...field, type }
    })
    tables.set(name, { fields: resolved })
  }
  return tables
}
