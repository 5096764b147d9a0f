import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, it } from "vitest"

it("a program that has closed its gateway, with the push stream open, ends by itself", async () => {
  const program = fileURLToPath(new URL("programs/endsWithStream.ts", import.meta.url))
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program])
  expect(stderr).toBe("")
  // What it must not wait for takes longer: a connection that is kept has 5 s, a stream's heartbeat more.
  expect(Number(stdout)).toBeLessThan(4_500)
})
