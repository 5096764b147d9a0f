import { spawnSync } from "node:child_process"
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LogFile } from "@galaxy/host-node/logging/LogFile"
import { afterEach, assert, describe, it, vi } from "vitest"

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean()
})

const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-log-"))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const opened = async (file: string, maxPendingBytes = 1_048_576) => {
  const log = await LogFile.open(file, {
    retryMs: 20,
    maxPendingBytes,
    lostLine: (lines, reason) => `lost ${lines} (${reason})`
  })
  cleanups.push(() => log.close())
  return log
}

const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [])
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 20_000, interval: 10 })

/** What this process has open at the moment. */
const openFiles = () =>
  readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return "closed meanwhile"
    }
  })

/** A disk of its own that can be full. */
const smallDisk = () => {
  const folder = newFolder()
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", folder]).status === 0
  if (mounted) cleanups.push(() => spawnSync("umount", [folder]))
  return mounted ? folder : undefined
}

describe("a log file", () => {
  it("is appended to, and is its owner's alone", async () => {
    const file = join(newFolder(), "new", "galaxy.log")
    const first = await opened(file)
    first.write("one")
    await first.close()
    const second = await opened(file)
    second.write("two")
    second.write("three")
    await second.close()
    second.write("too late")
    assert.deepStrictEqual(linesOf(file), ["one", "two", "three"])
    assert.strictEqual(statSync(file).mode & 0o777, 0o600)
  })

  it("is opened anew after it was renamed, and after it was removed", async () => {
    const file = join(newFolder(), "galaxy.log")
    const log = await opened(file)
    log.write("before")
    await until(() => assert.deepStrictEqual(linesOf(file), ["before"]))
    renameSync(file, `${file}.1`)
    await until(() => {
      log.write("rotated")
      assert.include(linesOf(file), "rotated")
    })
    unlinkSync(file)
    await until(() => {
      log.write("removed")
      assert.include(linesOf(file), "removed")
    })
    assert.strictEqual(linesOf(`${file}.1`)[0], "before")
  })

  it("says that it can't be opened, at once", async () => {
    const folder = newFolder()
    writeFileSync(join(folder, "file"), "")
    for (const file of [folder, join(folder, "file", "galaxy.log")]) {
      const refused = await opened(file).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code
      )
      assert.include(["EISDIR", "ENOTDIR", "EEXIST"], refused)
    }
  })

  it("goes on after a full disk with whole lines, and says what is lost", async (context) => {
    const folder = smallDisk()
    if (folder === undefined) return context.skip("only root can mount a small disk")
    const file = join(folder, "galaxy.log")
    const log = await opened(file, 100_000)
    const line = "x".repeat(1_000)
    let written = 0
    const writeOne = () => log.write(`${written++} ${line}`)
    await until(() => {
      for (let count = 0; count < 20; count++) writeOne()
      assert.isAbove(statSync(file).size, 250_000)
    })
    // Closed, as a write was refused; and more than is kept meanwhile.
    await until(() => assert.notInclude(openFiles(), file))
    for (let count = 0; count < 200; count++) writeOne()
    // Growing the disk, and not removing the file, as a line in flight would go to the file that is removed.
    assert.strictEqual(spawnSync("mount", ["-o", "remount,size=4m", folder]).status, 0)
    let more = 0
    await until(() => {
      log.write("there is space again")
      more += 1
      assert.match(linesOf(file).join("\n"), /^lost \d+ \(ENOSPC\)$/m)
      assert.include(linesOf(file), "there is space again")
    })
    await until(() => {
      const lines = linesOf(file)
      const whole = lines.filter((it) => /^(\d+ x{1000}|there is space again)$/.test(it)).length
      const lost = lines.map((it) => Number(/^lost (\d+)/.exec(it)?.[1] ?? 0)).reduce((sum, it) => sum + it, 0)
      assert.strictEqual(whole + lost, written + more)
      // A line that the full disk cut off is written again, whole, right behind its piece.
      const pieces = lines.filter((it, index) => /^\d+ x{0,999}$/.test(it) && lines[index + 1]?.startsWith(it)).length
      assert.strictEqual(whole + pieces + lines.filter((it) => it.startsWith("lost")).length, lines.length)
    })
  })
})
