import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "./lib/tree.ts"

/** Commands that packages install, with the sources that they are compiled from. */
const commands = readdirSync(join(root, "packages")).flatMap((name) => {
  const { bin = {} } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as {
    bin?: Record<string, string>
  }
  return Object.entries(bin)
    .filter(([, file]) => file.startsWith("dist/"))
    .map(([command, file]) => ({ command, source: `packages/${name}/${file.replace(/^dist(.*)\.js$/, "src$1.ts")}` }))
})

it("each command that a package installs is a program for Node", () => {
  expect(commands.map((it) => it.command)).toContain("galaxy-gateway")
  for (const { command, source } of commands) {
    if (!existsSync(join(root, source))) throw new Error(`${command} needs ${source}`)
    expect(readFileSync(join(root, source), "utf8").split("\n", 1)).toEqual(["#!/usr/bin/env node"])
  }
})

it("the lock file knows them, so that an installation links them", () => {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, { bin?: Record<string, string> }>
  }
  const locked = Object.entries(lock.packages)
    .filter(([path]) => path.startsWith("packages/"))
    .flatMap(([, { bin = {} }]) => Object.keys(bin))
  for (const { command } of commands) expect(locked).toContain(command)
})
