import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { compileCache, trimCompileCache } from "./compileCache.ts"

it("is what the tests and all that they start use", () => {
  expect(process.env["NODE_COMPILE_CACHE"]).toBe(compileCache)
})

it("is emptied only when it has grown too large", () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-compiled-"))
  try {
    const file = join(folder, "v24/a/file")
    mkdirSync(join(folder, "v24/a"), { recursive: true })
    writeFileSync(file, Buffer.alloc(1000))
    trimCompileCache(folder, 1000)
    expect(existsSync(file)).toBe(true)
    trimCompileCache(folder, 999)
    expect(existsSync(folder)).toBe(false)
    trimCompileCache(folder, 999)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
