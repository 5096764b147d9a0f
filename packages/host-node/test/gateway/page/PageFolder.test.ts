import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { load, type LoadedPage, PageUnusable } from "@galaxy/host-node/gateway/page/PageFolder"
import { Effect } from "effect"
import { assert, describe, it } from "vitest"
import { chunk, chunkPath, forms, makePage, manifest, shell } from "./pageFixture.ts"

const loaded = async (change: (folder: string) => void = () => undefined, files: Record<string, string> = {}) => {
  const { folder, remove } = makePage(files)
  try {
    change(folder)
    return await Effect.runPromise(load({ folder }))
  } finally {
    remove()
  }
}

const refusal = (result: Promise<LoadedPage>) =>
  result.then(
    () => assert.fail("it was loaded"),
    (error: unknown) => {
      assert.instanceOf(error, PageUnusable)
      return error.message
    }
  )

const listed = (change: (json: typeof manifest) => unknown) => ({
  "manifest.json": JSON.stringify(change(structuredClone(manifest)))
})

describe("a build of the web client", () => {
  it("is read as a whole, with its compressed forms", async () => {
    const page = await loaded()
    assert.deepStrictEqual([...page.files.keys()], [chunkPath, "/icon.svg", "/_app/version.json"])
    assert.strictEqual(page.shell.forms.identity.toString(), shell)
    const { br, gzip, identity } = page.files.get(chunkPath)?.forms ?? assert.fail("no chunk")
    assert.strictEqual(identity.toString(), chunk)
    assert.deepStrictEqual([br, gzip], [forms.br, forms.gzip])
  })

  it.each([
    [
      "was changed",
      (folder: string) => writeFileSync(join(folder, "icon.svg"), "<svg>/<svg>"),
      "isn't as it was built"
    ],
    ["was cut off", (folder: string) => writeFileSync(join(folder, "icon.svg"), "<svg>"), "has 5 bytes, not 11"],
    ["is missing", (folder: string) => rmSync(join(folder, "shell.html")), "ENOENT"],
    ["has lost a form", (folder: string) => rmSync(join(folder, `${chunkPath}.br`)), "ENOENT"]
  ])("of which a file %s is refused", async (_, change, why) => {
    assert.include(await refusal(loaded(change)), why)
  })

  it.each(["/../secret.txt", "/a/../../secret.txt", "/./secret.txt", "secret.txt", "/a//b.txt", "/a%2e%2e/b", "/a\\b"])(
    "can't list %s",
    async (path) => {
      const { "/icon.svg": file } = manifest.files
      const message = await refusal(
        loaded(
          undefined,
          listed((it) => ({ ...it, files: { [path]: file } }))
        )
      )
      assert.include(message, "which can't be served")
    }
  )

  it("of another format, without a list, or too large is refused", async () => {
    await refusal(
      loaded(
        undefined,
        listed((it) => ({ ...it, format: 2 }))
      )
    )
    assert.include(await refusal(Effect.runPromise(load({ folder: "/nowhere/at/all" }))), "can't be read")
    const vast = listed((it) => ({ ...it, shell: { ...it.shell, length: 65 * 1_048_576 } }))
    assert.include(await refusal(loaded(undefined, vast)), "larger than")
  })
})
