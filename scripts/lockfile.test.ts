import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./lib/tree.ts"
import { type Lockfile, missingFrom, unknownIn } from "./lockfile.ts"

it("finds the packages for other systems that a lock file lacks", () => {
  const missing = missingFrom({
    packages: {
      "node_modules/tool": {
        version: "1.0.0",
        dev: true,
        optionalDependencies: { "@tool/linux-x64-musl": "1.0.0", "@tool/linux-x64": "1.0.0", helper: "^2.0.0" }
      },
      "node_modules/@tool/linux-x64": { version: "1.0.0" }
    }
  })
  expect([...missing]).toEqual([
    [
      "node_modules/@tool/linux-x64-musl",
      { version: "1.0.0", os: ["linux"], cpu: ["x64"], libc: ["musl"], dev: true, optional: true }
    ]
  ])
})

it("finds an optional package of which it can't tell the version", () => {
  const lock: Lockfile = {
    packages: {
      "node_modules/tool": { version: "1.0.0", optionalDependencies: { here: "^1.0.0", gone: "^0.1.0" } },
      "node_modules/here": { version: "1.2.0" }
    }
  }
  expect(unknownIn(lock)).toEqual(["node_modules/tool names gone ^0.1.0"])
})

it("the lock file has every package for every system (`node scripts/lockfile.ts` completes it)", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as Lockfile
  expect([...missingFrom(lock).keys()]).toEqual([])
  expect(unknownIn(lock)).toEqual([])
})
