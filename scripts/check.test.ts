import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { root, toolEnv } from "./lib/tree.ts"

/** A repository with this one's settings and a body with one bad file. */
const tree = mkdtempSync(join(tmpdir(), "galaxy-check-"))
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true })
  writeFileSync(join(tree, path), text)
}
for (const file of [".oxlintrc.json", "tsconfig.base.json", "biome.json"]) cpSync(join(root, file), join(tree, file))
symlinkSync(join(root, "node_modules"), join(tree, "node_modules"))
write(
  "packages/core/tsconfig.json",
  JSON.stringify({
    extends: "../../tsconfig.base.json",
    compilerOptions: { lib: ["es2024", "dom"], composite: false, incremental: false, noEmit: true },
    include: ["src"]
  })
)
afterAll(() => rmSync(tree, { recursive: true, force: true }))

const tool = (program: string, ...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: tree, env: toolEnv(), encoding: "utf8" })
  return { status, output: stdout + stderr }
}
const withFile = (source: string): void => write("packages/core/src/File.ts", `${source}\n`)
const lint = () => tool("oxlint", "--type-aware", "--format=unix", "packages")

describe("the linter", () => {
  it.each([
    ["no-floating-promises", `const later = async (): Promise<number> => 1\nlater()`],
    ["no-misused-promises", `export const f = (a: Array<number>) => a.filter(async (n) => n > 1)`],
    ["await-thenable", `export const f = async () => await 1`],
    ["switch-exhaustiveness-check", `export const f = (k: "a" | "b") => {\n  switch (k) {\n    case "a":\n  }\n}`],
    ["no-explicit-any", `export const f = (value: any): void => void value`],
    ["no-unsafe-member-access", `export const f = (text: string): unknown => JSON.parse(text).x`],
    ["no-non-null-assertion", `export const f = (value: string | undefined): string => value!`],
    ["no-restricted-properties", `export const now = Date.now()`],
    ["no-restricted-properties", `export const chance = Math.random()`],
    ["no-restricted-globals", `setTimeout(() => {}, 1)`],
    ["no-console", `console.log("hello")`]
  ])("finds %s in a body", (rule, source) => {
    withFile(source)
    const { status, output } = lint()
    expect(output).toContain(`(${rule})`)
    expect(status).not.toBe(0)
  })

  it("has nothing against good code", () => {
    withFile(`import { Effect } from "effect"\nexport const one = Effect.succeed(1)`)
    expect(lint().status).toBe(0)
  })
})

it("Effect's diagnostics find an effect that nobody runs", () => {
  const diagnose = () => tool("effect-tsgo", "diagnostics", "--strict", "--project", "packages/core/tsconfig.json")
  withFile(`import { Effect } from "effect"\nexport const one = Effect.succeed(1)`)
  expect(diagnose().status).toBe(0)
  withFile(`import { Effect } from "effect"\nEffect.succeed(1)`)
  const { status, output } = diagnose()
  expect(output).toContain("floatingEffect")
  expect(status).not.toBe(0)
})

it("the formatter refuses code in another form", () => {
  withFile(`export const one = "1"`)
  expect(tool("biome", "format", "--vcs-enabled=false", "packages/core/src").status).toBe(0)
  withFile(`export const one = '1';`)
  expect(tool("biome", "format", "--vcs-enabled=false", "packages/core/src").status).not.toBe(0)
})
