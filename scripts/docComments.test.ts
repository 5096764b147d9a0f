/** Every export of a published package carries its doc comment directly above it. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { undocumentedExports } from "./lib/docComments.ts"
import { filesBelow, root } from "./lib/tree.ts"

const isPublic = (file: string): boolean =>
  file.endsWith(".ts") && !file.includes("/src/gen/") && !file.includes("/internal/")

/** All but the web client, which is published as pages and exports nothing. */
const libraries = readdirSync(join(root, "packages")).filter((name) => name !== "web")

const namesIn = (source: string) => undocumentedExports("some.ts", source).map(({ name }) => name)

describe("doc comments", () => {
  it("stand above every public export", () => {
    const missing = libraries
      .flatMap((name) => filesBelow(join(root, "packages", name, "src")).map((file) => `${name}/src/${file}`))
      .filter(isPublic)
      .flatMap((file) =>
        undocumentedExports(file, readFileSync(join(root, "packages", file), "utf8")).map(
          ({ line, name }) => `packages/${file}:${line} ${name}`
        )
      )
    expect(missing).toEqual([])
  })

  it("that speak of a file, or of something else, don't count", () => {
    expect(namesIn("/** The file. */\n\nexport const one = 1\n")).toEqual(["one"])
    expect(namesIn("/** One. */\nexport const one = 1\nexport const two = 2\n")).toEqual(["two"])
    expect(namesIn("// One.\nexport function one() {}\n")).toEqual(["one"])
    expect(namesIn("/** Of nothing. */\nimport 'x'\nexport class One {}\n")).toEqual(["One"])
  })

  it("are asked for once where a type and a value share a name", () => {
    expect(namesIn("/** One. */\nexport const One = 1\nexport type One = typeof One\n")).toEqual([])
    expect(namesIn("export const One = 1\nexport type One = typeof One\n")).toEqual(["One"])
  })

  it("stay where a thing is declared when it is exported again", () => {
    expect(namesIn("export { one } from './one.ts'\nexport * from './two.ts'\n")).toEqual([])
  })
})
