/** The bounds of what the players' screens weigh, on the build itself; and how it is reckoned. */
import { expect, it } from "vitest"
import { builtManifest } from "./assemble.ts"
import { buildPage, dist } from "./build.ts"
import { bounds, filesOf, nodesOf, type Screen } from "./weights.ts"

it("no screen weighs more than its bound", { timeout: 600_000 }, () => {
  expect(buildPage().problem).toBeUndefined()
  const weights = builtManifest(dist)?.weights
  for (const screen of Object.keys(bounds) as ReadonlyArray<Screen>) {
    const { css, fonts, js } = weights?.[screen] ?? {}
    // Less than half of its bound isn't a light screen but chunks that weren't found.
    expect.soft(js, `${screen}: KB of scripts`).toBeGreaterThan(bounds[screen].js / 2)
    expect.soft(js, `${screen}: KB of scripts`).toBeLessThanOrEqual(bounds[screen].js)
    expect.soft(css, `${screen}: KB of styles`).toBeLessThanOrEqual(bounds[screen].css)
    expect.soft(fonts, `${screen}: KB of fonts`).toBeLessThanOrEqual(bounds[screen].fonts)
  }
})

it("a screen has the root's chunk, its layouts' and its own", () => {
  const app = `export const dictionary = {
		"/": [3],
		"/games/[id]": [~5],
		"/games/[id]/(play)/map": [8,[2,4]]
	};`
  expect(nodesOf(app, "/")).toEqual([0, 1, 3])
  expect(nodesOf(app, "/games/[id]")).toEqual([0, 1, 5])
  expect(nodesOf(app, "/games/[id]/(play)/map")).toEqual([0, 1, 2, 4, 8])
  expect(() => nodesOf(app, "/games")).toThrow("no route /games")
})

it("a chunk brings what it imports, each once, with styles and fonts, and nothing that comes on demand", () => {
  const chunks = {
    "a.ts": { file: "a.js", imports: ["_b.js", "_c.js"], css: ["a.css"], dynamicImports: ["late.ts"] },
    "_b.js": { file: "b.js", imports: ["_c.js"], assets: ["f.woff2"] },
    "_c.js": { file: "c.js", imports: ["a.ts"] },
    "late.ts": { file: "late.js" }
  }
  expect(Array.from(filesOf(chunks, ["a.ts"]))).toEqual(["a.js", "a.css", "b.js", "f.woff2", "c.js"])
  expect(Array.from(filesOf(chunks, ["late.ts"]))).toEqual(["late.js"])
  expect(() => filesOf(chunks, ["gone.ts"])).toThrow("no chunk gone.ts")
})
