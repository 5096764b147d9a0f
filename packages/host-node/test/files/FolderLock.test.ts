import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as FolderLock from "@galaxy/host-node/files/FolderLock"
import { identityOf, startOf } from "@galaxy/host-node/files/processIdentity"
import { afterEach, assert, describe, it } from "vitest"
import { race } from "./race.ts"

const folders: Array<string> = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-lock-"))
  folders.push(folder)
  return folder
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const note: FolderLock.Note = { name: "owner", text: "1 2\n" }
const refusal = (folder: string): Error => {
  try {
    FolderLock.take(folder, note).release()
  } catch (error) {
    return error as Error
  }
  throw new Error("the folder was free")
}

const holder = fileURLToPath(new URL("./fixtures/holder.ts", import.meta.url))
const command = [process.execPath, "--conditions=@galaxy/source", holder]

/** A process that owns the folder, started by `before`; it has told us so. */
const owned = async (folder: string, before: ReadonlyArray<string> = []) => {
  const [file, ...args] = [...before, ...command, folder]
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] })
  const [said] = (await once(child.stdout, "data")) as [Buffer]
  return { child, said: String(said).trim() }
}

const namespaces = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
const hasNamespaces = spawnSync("unshare", [...namespaces.slice(1), "true"]).status === 0

describe("the lock of a folder", () => {
  for (const kind of ["data", "state"] as const) {
    it(`has one owner when three processes take it at one instant (${kind})`, async () => {
      const rounds = await race(kind, 90)
      assert.deepStrictEqual(
        rounds.filter((it) => it.owners !== 1),
        []
      )
      for (const refused of rounds.flatMap((it) => it.refusals)) assert.match(refused, /another Galaxy|FolderTaken/)
    }, 120_000)
  }

  it("refuses whoever comes second, in the same process too, and names the owner", () => {
    const folder = newFolder()
    const hold = FolderLock.take(folder, note)
    const refused = refusal(folder)
    assert.instanceOf(refused, FolderLock.FolderInUse)
    assert.strictEqual(refused.message, `${folder} is in use by process 1 2`)
    assert.isTrue(hold.isHeld())
    hold.release()
    hold.release()
    assert.deepStrictEqual(readdirSync(folder), [FolderLock.lockFile])
    FolderLock.take(folder, note).release()
  })

  it("is free when its owner is killed", async () => {
    const folder = newFolder()
    const { child, said } = await owned(folder)
    assert.strictEqual(said, "owner")
    assert.instanceOf(refusal(folder), FolderLock.FolderInUse)
    child.kill("SIGKILL")
    await once(child, "close")
    FolderLock.take(folder, note).release()
  })

  it.skipIf(!hasNamespaces)("holds between pid namespaces, whichever side has it", async () => {
    const folder = newFolder()
    const inside = await owned(folder, namespaces)
    assert.strictEqual(inside.said, "owner")
    assert.instanceOf(refusal(folder), FolderLock.FolderInUse)
    inside.child.kill("SIGKILL")
    await once(inside.child, "close")
    const hold = FolderLock.take(folder, note)
    const second = await owned(folder, namespaces)
    assert.include(second.said, "in use")
    hold.release()
  })

  it("notices that its file was removed, and doesn't take the next owner's note away", () => {
    const folder = newFolder()
    const hold = FolderLock.take(folder, note)
    unlinkSync(join(folder, FolderLock.lockFile))
    assert.isFalse(hold.isHeld())
    const next = FolderLock.take(folder, { ...note, text: "3 4\n" })
    hold.release()
    assert.strictEqual(readFileSync(join(folder, note.name), "utf8"), "3 4\n")
    assert.isTrue(next.isHeld())
    next.release()
  })

  it("says what is wrong with a folder that can't be locked", () => {
    const folder = newFolder()
    const file = join(folder, FolderLock.lockFile)
    writeFileSync(file, "something else, long enough to be taken for a header".repeat(40))
    assert.strictEqual(
      refusal(folder).message,
      `${file} must be empty and isn't; remove it while no Galaxy uses the folder`
    )
    rmSync(file)
    mkdirSync(file)
    assert.strictEqual(
      refusal(folder).message,
      `${file} must be a file that this user may write; change it or remove it`
    )
    const gone = join(folder, "nowhere")
    assert.include(
      FolderLock.problemOf(gone, refusal(gone), "choose another"),
      "is missing and can't be created; choose another"
    )
  })
})

describe("a lock file of an earlier version", () => {
  const later = async (style: "pid and start" | "identity") => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" })
    await once(child, "spawn")
    const pid = child.pid ?? 0
    return { child, text: style === "identity" ? identityOf(pid) : `${pid} ${startOf(pid)}` }
  }

  for (const style of ["pid and start", "identity"] as const) {
    it.skipIf(process.platform !== "linux")(
      `is respected while its process lives (${style})`,
      async () => {
        const folder = newFolder()
        const { child, text } = await later(style)
        writeFileSync(join(folder, note.name), `${text}\n`)
        const refused = refusal(folder)
        assert.instanceOf(refused, FolderLock.FolderInUse)
        assert.include(refused.message, `process ${text}`)
        child.kill("SIGKILL")
        await once(child, "close")
        FolderLock.take(folder, note).release()
        assert.isFalse(existsSync(join(folder, note.name)))
      },
      120_000
    )
  }

  it("of a process that is gone, or of nobody, keeps nobody out", () => {
    for (const text of ["", "no number", `${process.pid} 0`, `${process.ppid} 0`, "4194999 17", "-1 1"]) {
      const folder = newFolder()
      writeFileSync(join(folder, note.name), text)
      const hold = FolderLock.take(folder, note)
      assert.strictEqual(readFileSync(join(folder, note.name), "utf8"), note.text, text)
      hold.release()
    }
  })
})
