import { execFile } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterAll, expect, it } from "vitest"
import { exclusively } from "./exclusive.ts"

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), "galaxy-exclusive-"))
afterAll(() => rmSync(folder, { recursive: true }))

it("lets one process in at a time", async () => {
  const log = join(folder, "log")
  const program = `
    import { appendFileSync } from "node:fs"
    import { exclusively } from ${JSON.stringify(join(import.meta.dirname, "exclusive.ts"))}
    for (let round = 0; round < 5; round++) exclusively("section", () => {
      appendFileSync(${JSON.stringify(log)}, "in " + process.pid + "\\n")
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      appendFileSync(${JSON.stringify(log)}, "out " + process.pid + "\\n")
    }, ${JSON.stringify(folder)})`
  const file = join(folder, "program.mjs")
  writeFileSync(file, program)
  await Promise.all(Array.from({ length: 4 }, () => run(process.execPath, [file])))
  const lines = readFileSync(log, "utf8").trim().split("\n")
  expect(lines).toHaveLength(40)
  for (let at = 0; at < lines.length; at += 2) expect(lines[at + 1]).toBe(lines[at]?.replace("in", "out"))
  expect(readdirSync(folder).filter((name) => name.includes(".lock"))).toEqual([])
})

it("doesn't wait for the dead", () => {
  writeFileSync(join(folder, "left.lock"), "4194305")
  expect(exclusively("left", () => "done", folder)).toBe("done")
})
