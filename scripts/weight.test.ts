/** What a browser loads: a client takes only what it uses, and a program that computes ahead takes no schemas. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import { afterAll, expect, it } from "vitest"

const root = fileURLToPath(new URL("..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "galaxy-weight-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The bundle of everything that these modules export: its kilobytes, and the modules of which anything is in it. */
const bundled = async (name: string, modules: ReadonlyArray<string>) => {
  const entry = join(folder, `${name}.ts`)
  writeFileSync(entry, modules.map((it, index) => `export * as m${index} from ${JSON.stringify(it)}\n`).join(""))
  const bundle = await rolldown({
    input: entry,
    cwd: root,
    platform: "browser",
    // The entry lies elsewhere; its imports are those of this repository.
    resolve: {
      modules: [join(root, "node_modules")],
      conditionNames: ["@galaxy/source", "import", "browser", "default"]
    },
    logLevel: "silent"
  })
  const { output } = await bundle.generate({ format: "esm", minify: true })
  await bundle.close()
  const [{ code, modules: parts }] = output
  const used = Object.entries(parts).flatMap(([path, { renderedLength }]) => (renderedLength > 0 ? [path] : []))
  return { kb: code.length / 1_000, gzipKb: gzipSync(code).length / 1_000, used }
}

/** What `effect` has in its schemas, of which a page that needs none would otherwise load all. */
const schemas = (used: ReadonlyArray<string>) => used.filter((path) => /effect\/dist\/Schema/.test(path))

const formulas = ["growth", "production", "ships", "shot", "upgrade", "votes", "yard", "exact"].map(
  (it) => `@galaxy/engine/formulas/${it}`
)

it("a page for signing in loads no schemas, and nothing of the protocol", async () => {
  const { gzipKb, kb, used } = await bundled("sign-in", ["@galaxy/client/PublicEdge", "@galaxy/client/DeviceKey"])
  expect(schemas(used)).toEqual([])
  expect(used.filter((path) => /connectrpc|bufbuild|flatbuffers/.test(path))).toEqual([])
  expect(kb).toBeLessThan(40)
  expect(gzipKb).toBeLessThan(16)
})

it("a player's client is light: it has no description of the REST surface in it, and no library of the protocol", async () => {
  const { gzipKb, kb, used } = await bundled("client", [
    "@galaxy/client/GalaxyClient",
    "@galaxy/client/PublicEdge",
    "@galaxy/client/DeviceKey"
  ])
  expect(used.filter((path) => /http-api|HttpApi|connectrpc|bufbuild/.test(path))).toEqual([])
  expect(kb).toBeLessThan(235)
  expect(gzipKb).toBeLessThan(71)
})

it("a program that forecasts orders loads no schemas", async () => {
  const { gzipKb, kb, used } = await bundled("forecast", [
    "@galaxy/engine/orders/forecast",
    ...formulas,
    "@galaxy/engine/rules/Ruleset"
  ])
  expect(schemas(used)).toEqual([])
  expect(kb).toBeLessThan(46)
  expect(gzipKb).toBeLessThan(17)
})

it("the rules' formulas and constants are a few kilobytes, without a schema", async () => {
  const { gzipKb, kb, used } = await bundled("formulas", [...formulas, "@galaxy/engine/rules/Ruleset"])
  expect(used.filter((path) => path.includes("node_modules/"))).toEqual([])
  expect(kb).toBeLessThan(8)
  expect(gzipKb).toBeLessThan(3.5)
})
