/** The TypeScript of the READMEs compiles, as somebody who copies it expects. */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, expect, it } from "vitest"
import { root, toolEnv } from "./lib/tree.ts"

// Below the repository, so that the packages are found.
const cache = join(root, ".cache")
mkdirSync(cache, { recursive: true })
const folder = mkdtempSync(join(cache, "readmes-"))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const readmes = ["README.md", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`)]

const blocksIn = (file: string): ReadonlyArray<string> =>
  Array.from(readFileSync(join(root, file), "utf8").matchAll(/^```ts\n([^]*?)^```$/gm), (found) => found[1] ?? "")

it("every TypeScript block of a README is a module that compiles", () => {
  const blocks = readmes.flatMap((file) =>
    blocksIn(file).map((text, index) => ({ name: `${file.replaceAll("/", "-")}-${index + 1}.ts`, text }))
  )
  expect(blocks.length).toBeGreaterThan(1)
  for (const { name, text } of blocks) writeFileSync(join(folder, name), text)
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }))
  const config = {
    extends: relative(folder, join(root, "tsconfig.base.json")),
    compilerOptions: {
      lib: ["es2024", "dom", "dom.asynciterable"],
      types: ["node"],
      composite: false,
      incremental: false,
      declaration: false,
      declarationMap: false,
      noEmit: true
    },
    include: ["*.ts"]
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const { status, stdout } = spawnSync("tsc", ["-p", folder, "--pretty", "false"], {
    cwd: root,
    env: toolEnv(),
    encoding: "utf8"
  })
  expect(stdout).toBe("")
  expect(status).toBe(0)
})
