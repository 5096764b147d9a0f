/**
 * Every small change of a source file that a good test should notice: one place changed, the rest as it was.
 *
 * Texts for people stay as they are, and so do types and imports. Numbers up to sixteen move by one; greater ones are
 * bounds and times, which are halved and doubled.
 */
import { parseSync, visitorKeys } from "oxc-parser"

export interface Mutant {
  /** Path from the root of the repository. */
  readonly file: string
  /** Offsets in the source. */
  readonly start: number
  readonly end: number
  readonly replacement: string
  /** What kind of change it is. */
  readonly kind: string
  readonly line: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"

const nodesIn = (value: unknown): ReadonlyArray<Node> => {
  if (Array.isArray(value)) return value.filter(isNode)
  return isNode(value) ? [value] : []
}

const comparisons: Readonly<Record<string, ReadonlyArray<string>>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="]
}
const arithmetic: Readonly<Record<string, string>> = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" }
const assignments: Readonly<Record<string, string>> = { "+=": "-=", "-=": "+=" }
/** Functions and their counterparts. */
const counterparts: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  some: "every",
  every: "some",
  floor: "ceil",
  ceil: "floor",
  isLessThan: "isLessThanOrEqualTo",
  isLessThanOrEqualTo: "isLessThan",
  isGreaterThan: "isGreaterThanOrEqualTo",
  isGreaterThanOrEqualTo: "isGreaterThan"
}

/** Changes of SQL in templates tagged `sql`: what holds the rows of another owner apart stands there. */
const statements: ReadonlyArray<{ readonly pattern: RegExp; readonly change: (found: string) => string }> = [
  { pattern: /\bAND\b/g, change: () => "OR" },
  { pattern: /\bOR\b/g, change: () => "AND" },
  { pattern: /\bIS NOT NULL\b/g, change: () => "IS NULL" },
  { pattern: /\bIS NULL\b/g, change: () => "IS NOT NULL" },
  { pattern: / <= /g, change: () => " < " },
  { pattern: / < /g, change: () => " <= " },
  { pattern: / >= /g, change: () => " > " },
  { pattern: / > /g, change: () => " >= " },
  { pattern: /\bAND NOT\b/g, change: () => "AND" },
  { pattern: /\bleast\b/g, change: () => "greatest" },
  { pattern: /\bgreatest\b/g, change: () => "least" },
  { pattern: /\bFOR UPDATE( OF \w+)?( SKIP LOCKED)?/g, change: () => "" }
]

const limitOfSmallNumbers = 16

const otherNumbers = (value: number): ReadonlyArray<string> => {
  if (!Number.isInteger(value)) return [String(value * 2)]
  return value <= limitOfSmallNumbers
    ? [String(value + 1), ...(value > 0 ? [String(value - 1)] : [])]
    : [String(Math.round(value / 2)), String(value * 2)]
}

/** Nodes whose inside is nobody's behaviour. */
const silent = (node: Node): boolean =>
  (node.type.startsWith("TS") && !/^TS(As|Satisfies|NonNull)Expression$/.test(node.type)) ||
  node.type === "ImportDeclaration" ||
  node.type === "ExportAllDeclaration"

/** Every mutant of a file, in the order of its source. */
export const mutantsOf = (file: string, source: string): ReadonlyArray<Mutant> => {
  const { program, errors } = parseSync(file, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${file}: ${error.message}`)
  const found: Array<Mutant> = []
  const text = (node: Node) => source.slice(node.start, node.end)
  const add = (start: number, end: number, replacement: string, kind: string): void => {
    if (source.slice(start, end) === replacement) return
    found.push({ file, start, end, replacement, kind, line: source.slice(0, start).split("\n").length })
  }
  const replace = (node: Node, replacement: string, kind: string) => add(node.start, node.end, replacement, kind)

  const operator = (left: Node, right: Node, from: string, to: string, kind: string) => {
    const at = source.indexOf(from, left.end)
    if (at !== -1 && at < right.start) add(at, at + from.length, to, kind)
  }
  /** Takes one of several out, with its comma. */
  const without = (items: ReadonlyArray<Node>, index: number, kind: string) => {
    const it = items[index]
    const [before, after] = [items[index - 1], items[index + 1]]
    if (it === undefined) return
    if (after !== undefined) add(it.start, after.start, "", kind)
    else if (before !== undefined) add(before.end, it.end, "", kind)
    else add(it.start, it.end, "", kind)
  }
  const condition = (node: unknown) => {
    if (isNode(node)) replace(node, `!(${text(node)})`, "condition negated")
  }

  const change = (node: Node, parent: Node | undefined): void => {
    switch (node.type) {
      case "BinaryExpression":
      case "LogicalExpression":
      case "AssignmentExpression": {
        const [left] = nodesIn(node["left"])
        const [right] = nodesIn(node["right"])
        const from = String(node["operator"])
        if (left === undefined || right === undefined) return
        for (const to of comparisons[from] ?? []) operator(left, right, from, to, "comparison changed")
        const ofTexts = [left, right].some((it) => it.type === "TemplateLiteral" || typeof it["value"] === "string")
        const opposite = ofTexts ? undefined : (arithmetic[from] ?? assignments[from])
        if (opposite !== undefined) operator(left, right, from, opposite, "arithmetic changed")
        if (from === "&&") operator(left, right, from, "||", "&& to ||")
        if (from === "||") operator(left, right, from, "&&", "|| to &&")
        if (from === "??") {
          add(left.end, right.end, "", "fallback removed")
          add(left.start, right.start, "", "fallback always taken")
        }
        return
      }
      case "UnaryExpression": {
        const [argument] = nodesIn(node["argument"])
        if (node["operator"] === "!" && argument !== undefined) replace(node, text(argument), "negation removed")
        return
      }
      case "IfStatement":
        condition(node["test"])
        for (const test of nodesIn(node["test"])) replace(test, "false", "branch never taken")
        return
      case "ConditionalExpression":
        condition(node["test"])
        return
      case "Literal":
        if (parent?.type === "Property" && parent["key"] === node) return
        if (typeof node["value"] === "boolean") replace(node, String(!node["value"]), "boolean changed")
        else if (typeof node["value"] === "number") {
          for (const other of otherNumbers(node["value"])) replace(node, other, "number changed")
        }
        return
      case "ExpressionStatement":
        replace(node, ";", "statement removed")
        return
      case "ArrayExpression": {
        const elements = nodesIn(node["elements"])
        for (const index of elements.keys()) without(elements, index, "element removed")
        return
      }
      case "CallExpression": {
        const [callee] = nodesIn(node["callee"])
        const [property] = nodesIn(callee?.["property"])
        if (callee?.type !== "MemberExpression" || property?.type !== "Identifier") return
        const name = text(property)
        const other = Object.hasOwn(counterparts, name) ? counterparts[name] : undefined
        if (other !== undefined) replace(property, other, "counterpart called")
        if (name === "pipe") {
          const steps = nodesIn(node["arguments"])
          // The first argument of the function `pipe` is what goes through it.
          for (const index of steps.keys()) without(steps, index, "step of a pipe removed")
        }
        return
      }
      case "TaggedTemplateExpression": {
        const [tag] = nodesIn(node["tag"])
        if (tag === undefined || !/^(\w+\.)?sql\b/.test(text(tag))) return
        const [quasi] = nodesIn(node["quasi"])
        for (const part of nodesIn(quasi?.["quasis"])) {
          for (const { pattern, change: other } of statements) {
            for (const match of text(part).matchAll(pattern)) {
              const start = part.start + match.index
              add(start, start + match[0].length, other(match[0]), "SQL changed")
            }
          }
        }
        return
      }
    }
  }

  const walk = (node: Node, parent: Node | undefined): void => {
    if (silent(node)) return
    change(node, parent)
    for (const key of visitorKeys[node.type] ?? []) {
      for (const child of nodesIn(node[key])) walk(child, node)
    }
  }
  walk(program as unknown as Node, undefined)
  return (
    found
      // What isn't even a program would pass for killed.
      .filter((it) => parseSync(file, applied(source, it)).errors.length === 0)
      .toSorted((a, b) => a.start - b.start || a.end - b.end)
  )
}

/** The file as it is with this change. */
export const applied = (source: string, { start, end, replacement }: Mutant): string =>
  source.slice(0, start) + replacement + source.slice(end)

/** The lines before and after, as a reader wants to see them. */
export const difference = (source: string, mutant: Mutant): { readonly before: string; readonly after: string } => {
  const from = source.lastIndexOf("\n", mutant.start - 1) + 1
  const to = source.indexOf("\n", mutant.end)
  const lines = source.slice(from, to === -1 ? source.length : to)
  const shifted = { ...mutant, start: mutant.start - from, end: mutant.end - from }
  return { before: oneLine(lines), after: oneLine(applied(lines, shifted)) }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim()
