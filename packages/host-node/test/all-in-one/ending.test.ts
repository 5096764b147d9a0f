import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { assert, it } from "vitest"

const run = async (file: string, ...args: ReadonlyArray<string>) => {
  const program = fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url))
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] })
  try {
    const ended = once(child, "exit")
    const [said] = (await Promise.race([once(child.stdout, "data"), ended])) as [unknown]
    assert.strictEqual(String(said), "closed\n")
    const closed = performance.now()
    const [code] = (await ended) as [number | null]
    return { code, tookMs: performance.now() - closed }
  } finally {
    child.kill("SIGKILL")
  }
}

it("a program that has closed the platform ends by itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "galaxy-ending-"))
  try {
    const idle = await run("nothing.ts")
    const { code, tookMs } = await run("closing.ts", folder)
    assert.strictEqual(code, 0)
    assert.isBelow(tookMs, Math.max(4_500, 20 * idle.tookMs))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
