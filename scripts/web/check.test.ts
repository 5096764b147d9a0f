/** The type check of the web client is not silent: it finds what is planted, and nothing else. */
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { toolEnv } from "../lib/tree.ts"
import { svelteCheck, svelteKit, web } from "./tools.ts"

// Inside the package, whose libraries and settings it has.
mkdirSync(join(web, ".svelte-kit"), { recursive: true })
const copy = mkdtempSync(join(web, ".svelte-kit/check-"))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const run = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, env: toolEnv(), encoding: "utf8" })
  return { status, output: stdout + stderr }
}

it("finds errors planted in a template, in the script of a component and in a module, and no others", () => {
  for (const file of ["package.json", "tsconfig.json", "vite.config.ts", "src/app.html"]) {
    cpSync(join(web, file), join(copy, file))
  }
  mkdirSync(join(copy, "src/routes"), { recursive: true })
  const component = [
    `<script lang="ts">`,
    `import { Effect } from "effect"`,
    `import { half } from "../half.ts"`,
    `import { page } from "$app/state"`,
    `const right: number = half(Effect.runSync(Effect.succeed(4)))`,
    `const wrong: string = half(4)`,
    `</script>`,
    `<p>{right} {wrong.length} {page.url.pathname} {right.toUpperCase()}</p>`
  ]
  writeFileSync(join(copy, "src/routes/+page.svelte"), component.join("\n"))
  writeFileSync(
    join(copy, "src/half.ts"),
    "export const half = (n: number): number => n / 2\nexport const other = half('x')\n"
  )

  expect(run(svelteKit, "sync")).toMatchObject({ status: 0 })
  const { output, status } = run(...svelteCheck, "--output", "machine", "--no-color")
  const found = output.split("\n").flatMap((line) => {
    const [, kind, file, at] = /^\d+ (ERROR|WARNING) "([^"]+)" (\d+):/.exec(line) ?? []
    return kind === undefined ? [] : [`${kind} ${file}:${at}`]
  })
  expect(found.toSorted()).toEqual([
    "ERROR src/half.ts:2",
    "ERROR src/routes/+page.svelte:6",
    "ERROR src/routes/+page.svelte:8"
  ])
  expect(status).toBe(1)
})
