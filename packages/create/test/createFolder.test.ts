import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { createFolder, NotCreated, packageName } from "@galaxy/create/createFolder"

let base: string
let template: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "galaxy-create-"))
  template = join(base, "template")
  mkdirSync(join(template, "test"), { recursive: true })
  writeFileSync(join(template, "package.json"), JSON.stringify({ name: "starter", private: true }))
  writeFileSync(join(template, "gitignore"), "node_modules\n")
  writeFileSync(join(template, "test/first.test.ts"), "// a test\n")
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

describe("a folder made from a template", () => {
  it("has its files, the folder's name and a .gitignore", async () => {
    const folder = join(base, "new", "My Galaxy")
    await createFolder(template, folder)
    expect(JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))).toEqual({ name: "my-galaxy", private: true })
    expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("node_modules\n")
    expect(existsSync(join(folder, "gitignore"))).toBe(false)
    expect(existsSync(join(folder, "test/first.test.ts"))).toBe(true)
  })

  it("may be empty before, or hold a repository without files", async () => {
    const folder = join(base, "empty")
    mkdirSync(join(folder, ".git"), { recursive: true })
    await createFolder(template, folder)
    expect(existsSync(join(folder, "package.json"))).toBe(true)
  })

  it("leaves a folder alone that has something in it", async () => {
    const folder = join(base, "mine")
    mkdirSync(folder)
    writeFileSync(join(folder, "package.json"), "mine")
    await expect(createFolder(template, folder)).rejects.toThrow(NotCreated)
    expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("mine")
    expect(existsSync(join(folder, "test"))).toBe(false)
  })

  it("isn't made where a file is", async () => {
    await expect(createFolder(template, join(template, "gitignore"))).rejects.toThrow(/is a file/)
  })

  it.each([
    ["/a/b/Club Night!", "club-night"],
    ["._x", "x"],
    ["!!!", "galaxy"]
  ])("%s is the package %s", (folder, name) => expect(packageName(folder)).toBe(name))
})
