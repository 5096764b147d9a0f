import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { hostIdIn, hostIdPattern } from "@galaxy/host-node/engine-host/hostId"
import { afterEach, assert, beforeEach, describe, it } from "vitest"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "galaxy-host-id-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("the id of an engine host", () => {
  it("is made once, and goes with the folder", () => {
    const inside = join(folder, "states")
    const id = hostIdIn(inside)
    assert.match(id, hostIdPattern)
    assert.strictEqual(hostIdIn(inside), id)
    assert.strictEqual(readFileSync(join(inside, "host-id"), "utf8"), `${id}\n`)
    assert.deepStrictEqual(readdirSync(inside), ["host-id"])
    assert.notStrictEqual(hostIdIn(join(folder, "other")), id)
  })

  it("is never made anew where one was, since games name it", () => {
    writeFileSync(join(folder, "host-id"), "")
    assert.throws(() => hostIdIn(folder), /holds no id of an engine host/)
    writeFileSync(join(folder, "file"), "")
    assert.throws(() => hostIdIn(join(folder, "file")))
  })
})
