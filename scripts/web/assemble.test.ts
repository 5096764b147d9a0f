import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { PageManifest } from "@galaxy/host-node/gateway/page/PageManifest"
import { Schema } from "effect"
import { afterAll, beforeEach, expect, it } from "vitest"
import { assemble } from "./assemble.ts"
import { inputsHash } from "./inputs.ts"
import { contentSecurityPolicy } from "./policy.ts"

const folder = mkdtempSync(join(tmpdir(), "galaxy-page-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const [site, first, second, third] = ["site", "first", "second", "third"].map((name) => join(folder, name))
const write = (path: string, text: string, at = site): void => {
  mkdirSync(dirname(join(at!, path)), { recursive: true })
  writeFileSync(join(at!, path), text)
}

const announcer = `'<div id="svelte-announcer" aria-live="assertive" style="position: absolute"></div>'`
const long = "export const numbers = 1 + 1 + 1 + 1 + 1;".repeat(50)

beforeEach(() => {
  rmSync(site!, { recursive: true, force: true })
  write("shell.html", "<!doctype html><body><script>start()</script></body>")
  write("_app/version.json", `{"version":"1"}`)
  write("_app/immutable/chunks/a.AAAA.js", long)
  write("_app/immutable/entry/app.CCCC.js", announcer)
})

it("lists every file with its compressed forms, as a gateway reads it", () => {
  const manifest = assemble(site!, first!, join(folder, "nothing"), "one")
  expect(
    Schema.decodeUnknownSync(PageManifest)(JSON.parse(readFileSync(join(first!, "manifest.json"), "utf8")))
  ).toEqual(Schema.decodeUnknownSync(PageManifest)(manifest))
  expect(Object.keys(manifest.files)).toEqual([
    "/_app/immutable/chunks/a.AAAA.js",
    "/_app/immutable/entry/app.CCCC.js",
    "/_app/version.json"
  ])
  const chunk = manifest.files["/_app/immutable/chunks/a.AAAA.js"]!
  expect(chunk).toMatchObject({ type: "text/javascript; charset=utf-8", length: long.length, immutable: true })
  const forms = [".br", ".gz"].map((suffix) => readFileSync(join(first!, `_app/immutable/chunks/a.AAAA.js${suffix}`)))
  expect(forms.map((it) => it.length)).toEqual([chunk.encodings.br, chunk.encodings.gzip])
  expect(brotliDecompressSync(forms[0]!).toString()).toBe(long)
  expect(gunzipSync(forms[1]!).toString()).toBe(long)
  // A form that isn't smaller is none.
  expect(manifest.files["/_app/version.json"]).toMatchObject({ immutable: false, encodings: {} })
})

it("keeps the hashed files of the build before, and no longer", () => {
  const chunks = (manifest: ReturnType<typeof assemble>) =>
    Object.entries(manifest.files).flatMap(([path, { kept }]) =>
      path.includes("/chunks/") ? [`${path.slice(22)} ${kept ?? false}`] : []
    )
  assemble(site!, first!, join(folder, "nothing"), "one")
  rmSync(join(site!, "_app/immutable/chunks"), { recursive: true })
  write("_app/immutable/chunks/a.BBBB.js", `${long}//`)
  expect(chunks(assemble(site!, second!, first!, "two"))).toEqual(["/a.AAAA.js true", "/a.BBBB.js false"])
  expect(readFileSync(join(second!, "_app/immutable/chunks/a.AAAA.js"), "utf8")).toBe(long)
  expect(gunzipSync(readFileSync(join(second!, "_app/immutable/chunks/a.AAAA.js.gz"))).toString()).toBe(long)
  // The same once more is no release.
  expect(chunks(assemble(site!, third!, second!, "two"))).toEqual(["/a.AAAA.js true", "/a.BBBB.js false"])
  rmSync(join(site!, "_app/immutable/chunks"), { recursive: true })
  write("_app/immutable/chunks/a.DDDD.js", `${long}////`)
  expect(chunks(assemble(site!, first!, third!, "three"))).toEqual(["/a.BBBB.js true", "/a.DDDD.js false"])
})

it("lets nothing inline run but SvelteKit's start, and asks for trusted types", () => {
  const policy = contentSecurityPolicy("<script>start()</script>", [announcer])
  expect(policy).toContain("default-src 'none'; script-src 'self' 'sha256-")
  expect(policy).toContain("style-src-attr 'unsafe-hashes' 'sha256-")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toMatch(/unsafe-(inline|eval)|\*|https?:/)
  expect(() => contentSecurityPolicy("<script>a()</script><script>b()</script>", [announcer])).toThrow(
    "2 inline scripts"
  )
  expect(() => contentSecurityPolicy("<script>start()</script>", ["none"])).toThrow("0 styles")
})

it("knows a file of no kind that it could serve", () => {
  write("notes.xyz", "?")
  expect(() => assemble(site!, first!, join(folder, "nothing"), "one")).toThrow("no content type is known for .xyz")
})

it("asks for a new build when an input changes, is added or renamed, and not for tests", () => {
  const tree = join(folder, "tree")
  for (const name of ["client", "contract", "engine", "web"]) write(`packages/${name}/package.json`, "{}", tree)
  for (const file of ["package-lock.json", "packages/web/tsconfig.json", "packages/web/vite.config.ts"])
    write(file, "", tree)
  const hashes = [inputsHash(tree)]
  const change = (path: string, text: string) => {
    write(path, text, tree)
    hashes.push(inputsHash(tree))
  }
  change("packages/web/src/a.ts", "1")
  change("packages/web/src/a.ts", "2")
  change("packages/engine/src/a.ts", "2")
  change("package-lock.json", "{}")
  expect(new Set(hashes).size).toBe(hashes.length)
  change("packages/web/src/a.test.ts", "1")
  expect(hashes.at(-1)).toBe(hashes.at(-2))
})
