import { spawnSync } from "node:child_process"
import { delimiter, join } from "node:path"
import { expect, it } from "vitest"
import { cliTimes } from "./times.ts"

const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .map((it) => join(it, "node"))
  .find((it) => spawnSync(it, ["--version"], { encoding: "utf8", env: {} }).stdout?.startsWith("v20."))

it.each([process.execPath, ...(oldNode === undefined ? [] : [oldNode])])(
  "is fast on %s: help in three times a bare Node, a call in 2.5 times a bare fetch",
  async (node) => {
    const { bareMs, helpMs, fetchMs, callMs } = await cliTimes(node, 15)
    expect(helpMs).toBeLessThan(3 * bareMs)
    expect(callMs).toBeLessThan(2.5 * fetchMs)
  }
)
