import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as DataFolder from "@galaxy/host-node/all-in-one/DataFolder"
import * as Pglite from "@galaxy/host-node/sql/Pglite"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { afterEach, assert, describe, it } from "vitest"

const cleanups: Array<() => unknown> = []
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean()
})

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-data-"))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const mounted = (folder: string, ...args: ReadonlyArray<string>) => {
  if (spawnSync("mount", [...args, folder]).status !== 0) return false
  cleanups.push(() => execFileSync("umount", [folder]))
  return true
}

const opened = (folder: string) => Effect.runPromise(Effect.scoped(DataFolder.open(folder)))
const refusal = (folder: string) => Effect.runPromise(Effect.scoped(Effect.flip(DataFolder.open(folder))))

describe("a data folder", () => {
  it("is made with its keys, which stay, and is its owner's alone", async () => {
    const folder = join(newFolder(), "new", "data")
    const first = await opened(folder)
    assert.deepStrictEqual((await opened(folder)).keys, first.keys)
    assert.strictEqual(statSync(folder).mode & 0o777, 0o700)
    assert.strictEqual(statSync(join(folder, "keys.json")).mode & 0o777, 0o600)
    assert.isFalse(existsSync(join(folder, "galaxy.lock")))
  })

  it("is watched: without its lock it counts as lost, within 2 s and with a sentence", async () => {
    const folder = newFolder()
    const watched = Effect.gen(function* () {
      const { lost } = yield* DataFolder.open(folder)
      const watching = yield* Effect.forkChild(Effect.flip(lost))
      yield* TestClock.adjust("10 seconds")
      assert.isUndefined(watching.pollUnsafe())
      rmSync(join(folder, ".lock"))
      yield* TestClock.adjust("2 seconds")
      return yield* Fiber.join(watching)
    })
    const { message } = await Effect.runPromise(Effect.scoped(watched).pipe(Effect.provide(TestClock.layer())))
    assert.match(message, /^the lock of .* was removed or replaced .*start again/)
    assert.include(message, folder)
    assert.notInclude(message, "\n")
  })

  it("gets the key of the mail page when an earlier version has made its keys", async () => {
    const folder = newFolder()
    const first = await opened(folder)
    const file = join(folder, "keys.json")
    const { mail_page_key: _, ...earlier } = first.keys
    writeFileSync(file, JSON.stringify({ ...earlier, of_a_later_version: "kept" }))
    const { keys } = await opened(folder)
    assert.deepInclude(keys, earlier)
    assert.match(keys.mail_page_key, /^[A-Za-z0-9_-]{43}$/)
    assert.notStrictEqual(keys.mail_page_key, first.keys.mail_page_key)
    assert.deepStrictEqual(JSON.parse(readFileSync(file, "utf8")), { ...keys, of_a_later_version: "kept" })
    assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    assert.deepStrictEqual((await opened(folder)).keys, keys)
  })

  it("is taken from others where it was open to them, but for what isn't ours", async () => {
    const mode = (path: string) => statSync(path).mode & 0o777
    const folder = newFolder()
    chmodSync(folder, 0o755)
    await opened(folder)
    assert.strictEqual(mode(folder), 0o700)
    const parts = ["mails", "games", "keys.json", "galaxy.log"].map((it) => join(folder, it))
    mkdirSync(join(folder, "games"))
    writeFileSync(join(folder, "galaxy.log"), "")
    for (const path of [folder, ...parts]) chmodSync(path, 0o777)
    await opened(folder)
    for (const path of [folder, ...parts]) assert.strictEqual(mode(path) & 0o077, 0, path)

    const shared = newFolder()
    writeFileSync(join(shared, "other"), "")
    chmodSync(shared, 0o755)
    chmodSync(join(shared, "other"), 0o644)
    await opened(shared)
    assert.strictEqual(mode(shared), 0o755)
    assert.strictEqual(mode(join(shared, "other")), 0o644)
    for (const part of ["mails", "keys.json"]) assert.strictEqual(mode(join(shared, part)) & 0o077, 0, part)

    const everybodys = newFolder()
    writeFileSync(join(everybodys, "other"), "")
    chmodSync(everybodys, 0o1777)
    assert.include((await refusal(everybodys)).message, `anybody on this machine may write in ${everybodys}; make it`)
  })

  it("is refused with a sentence when its keys are damaged, and is left as it is", async () => {
    const folder = newFolder()
    await opened(folder)
    const file = join(folder, "keys.json")
    const whole = readFileSync(file, "utf8")
    const damage = [
      "",
      whole.slice(0, whole.length / 2),
      "null",
      JSON.stringify({ ...JSON.parse(whole), backend_secret: "short" }),
      JSON.stringify({ ...JSON.parse(whole), gateway_signing_seed: 5 }),
      JSON.stringify({ ...JSON.parse(whole), mail_page_key: "short" })
    ]
    for (const text of damage) {
      writeFileSync(file, text)
      const { message } = await refusal(folder)
      assert.strictEqual(
        message,
        `${file} is damaged; restore it from a copy, or set GALAXY_DATA_DIR to another folder`
      )
      assert.strictEqual(readFileSync(file, "utf8"), text)
    }
    rmSync(file)
    mkdirSync(join(folder, "database"))
    assert.include((await refusal(folder)).message, "keys.json is missing although there is a database")
    mkdirSync(file)
    assert.include((await refusal(folder)).message, "keys.json is a folder where a file should be")
    // Nobody has it after a refusal.
    rmSync(file, { recursive: true })
    rmSync(join(folder, "database"), { recursive: true })
    await opened(folder)
  })

  it("is refused where a file is in its place, or in that of a part", async () => {
    const folder = newFolder()
    writeFileSync(join(folder, "file"), "")
    for (const place of [join(folder, "file"), join(folder, "file", "below")]) {
      assert.include((await refusal(place)).message, `${place} can't be a folder, because a file is in its place`)
    }
    writeFileSync(join(folder, "mails"), "")
    assert.include((await refusal(folder)).message, `${join(folder, "mails")} can't be a folder`)
  })

  it("is refused on a disk that is full or read-only", async (context) => {
    const full = newFolder()
    if (!mounted(full, "-t", "tmpfs", "-o", "size=64k,mode=700", "none"))
      return context.skip("only root can mount disks")
    spawnSync("dd", ["if=/dev/zero", `of=${join(full, "fill")}`, "bs=4k"])
    assert.include((await refusal(full)).message, "no space is left on the disk of")
    const readOnly = newFolder()
    assert.isTrue(mounted(readOnly, "-t", "tmpfs", "-o", "ro", "none"))
    assert.include(
      (await refusal(readOnly)).message,
      `${readOnly} is on a read-only file system; make it writable or set`
    )
  })

  it("has a database that is refused with a sentence when it is damaged", async () => {
    const folder = newFolder()
    const problem = (dataDir: string) => Effect.runPromise(Effect.scoped(Effect.flip(Pglite.start({ dataDir }))))
    const file = join(folder, "file")
    writeFileSync(file, "")
    assert.include((await problem(file)).message, `${file} can't be a folder, because a file is in its place`)
    const broken = join(folder, "broken")
    mkdirSync(broken)
    writeFileSync(join(broken, "PG_VERSION"), "99\n")
    assert.include((await problem(broken)).message, `the database in ${broken} is damaged or of another version`)
  }, 120_000)
})
