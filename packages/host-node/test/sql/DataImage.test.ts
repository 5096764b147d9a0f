/** Data folders in one piece. */
import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DataImage from "@galaxy/host-node/sql/DataImage"
import { afterAll, describe, it } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "galaxy-image-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the image of a data folder", () => {
  it("holds every folder and file, and is short where files end in zeros", () => {
    const log = new Uint8Array(1_000_000)
    log.set([1, 0, 2])
    mkdirSync(join(folder, "base/empty"), { recursive: true })
    writeFileSync(join(folder, "base/log"), log)
    writeFileSync(join(folder, "base/nothing"), "")
    writeFileSync(join(folder, "version"), "17\n")
    const image = DataImage.pack(folder)
    assert.ok(image.byteLength < 1_000)
    const found = new Map([...DataImage.entries(image)].map((it) => [it.path, it.bytes]))
    assert.deepEqual([...found.keys()].toSorted(), ["/base", "/base/empty", "/base/log", "/base/nothing", "/version"])
    assert.ok([...found.keys()].indexOf("/base") < [...found.keys()].indexOf("/base/empty"))
    assert.equal(found.get("/base/empty"), undefined)
    assert.deepEqual(found.get("/base/log"), log)
    assert.equal(found.get("/base/nothing")?.length, 0)
    assert.equal(Buffer.from(found.get("/version") ?? []).toString(), "17\n")
  })

  it("gives each reader bytes of its own where it was read anew", () => {
    const image = DataImage.pack(folder)
    const versionIn = (bytes: Uint8Array) => [...DataImage.entries(bytes)].find((it) => it.path === "/version")?.bytes
    versionIn(Uint8Array.from(image))?.fill(0)
    assert.equal(Buffer.from(versionIn(image) ?? []).toString(), "17\n")
  })
})
