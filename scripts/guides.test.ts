/** What a guide quotes from a file is what the file says. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./lib/tree.ts"

const folder = join(root, "docs/guides")

/** Quotations: a comment that names the file, and the block after it. */
const quotations = readdirSync(folder).flatMap((guide) =>
  [...readFileSync(join(folder, guide), "utf8").matchAll(/^<!-- (\S+) -->\n```\w+\n([^]*?)^```$/gm)].map(
    ([, path = "", text = ""]) => ({ guide, path, text })
  )
)

it.each(quotations)("$guide quotes $path as it is", ({ path, text }) => {
  expect(text).toBe(readFileSync(join(root, path), "utf8"))
})

it("the examples of embedding are all quoted", () => {
  const examples = readdirSync(join(root, "examples")).filter((name) => name.startsWith("embed-"))
  const quoted = quotations.filter(({ guide }) => guide === "embed.md").map(({ path }) => path)
  expect(quoted.toSorted()).toEqual(examples.map((name) => `examples/${name}/main.ts`).toSorted())
})
