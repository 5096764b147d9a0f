import { expect, it } from "vitest"
import { comparable, withoutComments } from "./apiReport.ts"

const page = (declaration: string) => `# What\n\n## one/A\n\n${declaration}\n\n## one/B\n\nexport declare const b: 1;\n`

it("comments, empty lines and the mark of a module don't count", () => {
  const source =
    "/** What it is. */\nexport interface A {\n\n  // why\n  readonly a: string // its name\n}\nexport {};\n"
  expect(withoutComments("a.d.ts", source)).toBe("export interface A {\n  readonly a: string\n}")
})

it("the order of an inferred union's members doesn't count; what it has does", () => {
  const one = page('export declare const a: "x" | "y" | 3;')
  expect(comparable(page('export declare const a: 3 | "y" | "x";'))).toBe(comparable(one))
  for (const other of ['"x" | "z" | 3', '"x" | "y"', '"x" | "y" | 3 | 4']) {
    expect(comparable(page(`export declare const a: ${other};`))).not.toBe(comparable(one))
  }
})

it("what moves to another module counts", () => {
  const moved = "# What\n\n## one/A\n\n## one/B\n\nexport declare const a: 1;\nexport declare const b: 1;\n"
  expect(comparable(page("export declare const a: 1;"))).not.toBe(comparable(moved))
})
