/** A release as a stranger gets it: published to a registry on loopback, installed from there into an empty folder. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { root } from "../lib/tree.ts"
import { run } from "../lib/run.ts"
import { type Rehearsal, rehearse } from "./rehearse.ts"
import { problemsOf } from "./release.ts"
import { stageAll } from "./stage.ts"

let release: Rehearsal
beforeAll(async () => {
  release = await rehearse()
}, 600_000)
afterAll(() => release?.close())

it("every package is published in one version, those that others need first", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }
  const published = release.registry.published()
  expect(published.toSorted()).toEqual(release.staged.map(({ name }) => `${name}@${version}`).toSorted())
  const at = (name: string) => published.indexOf(`${name}@${version}`)
  expect(at("@galaxy/contract")).toBe(0)
  expect(at("@galaxy/testkit")).toBeGreaterThan(at("@galaxy/host-node"))
  expect(at("@galaxy/host-node")).toBeGreaterThan(at("@galaxy/web"))
})

it("a version that is there is never replaced", async () => {
  const [first] = release.staged
  await expect(release.npm(first?.folder ?? "", "publish", "--access=public")).rejects.toThrow(/published|409|E40/)
})

it("nothing but the repository's address and the release's day is missing", async () => {
  const problems = await problemsOf(release.staged, readFileSync(join(root, "CHANGELOG.md"), "utf8"))
  expect(problems.filter((it) => !/no repository is named|CHANGELOG/.test(it))).toEqual([])
})

it("says what keeps packages from being published", async () => {
  const target = join(release.folder, "wrong")
  const wrong = stageAll(target)
  const file = join(target, "client", "package.json")
  const manifest = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>
  writeFileSync(file, JSON.stringify({ ...manifest, version: "9.9.9", main: "dist/missing.js", repository: undefined }))
  const problems = await problemsOf(wrong, "")
  expect(problems).toContainEqual(expect.stringContaining("different versions"))
  expect(problems).toContainEqual(expect.stringMatching(/@galaxy\/client.*missing\.js/))
  expect(problems).toContainEqual(expect.stringContaining("no section for"))
  expect(problems).toContainEqual(expect.stringMatching(/@galaxy\/client.*no repository is named.*"repository": \{/))
})

it("the command line is installed by itself and runs, without any dependency", async () => {
  const empty = join(release.folder, "operator")
  mkdirSync(empty)
  await release.npm(empty, "init", "--yes")
  await release.npm(empty, "install", "galaxy-admin", "--no-audit", "--no-fund")
  const { stdout } = await run(join(empty, "node_modules/.bin/galaxy-admin"), ["--version"], {
    cwd: empty,
    env: release.env()
  })
  expect(stdout).toMatch(/\d+\.\d+\.\d+/)
  const lock = JSON.parse(readFileSync(join(empty, "package-lock.json"), "utf8")) as { packages: object }
  expect(Object.keys(lock.packages)).toEqual(["", "node_modules/galaxy-admin"])
})
