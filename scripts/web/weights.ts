/**
 * What a browser loads that opens an address of the web client for the first time, from the chunks of a build.
 *
 * A screen loads its own chunk, those of the layouts around it, everything that these import, and what is imported on
 * demand as soon as it is open. Only the last is listed here by hand; tests in a browser hold the sums against what is
 * really loaded.
 */

/** Kilobytes of 1,024, as gzip sends them. */
export interface Weight {
  readonly js: number
  readonly css: number
  /** Of every script: a browser loads those alone whose letters are on the page. */
  readonly fonts: number
}

/** A chunk as Vite lists it: by its module's path where it is an entry, else by its own. */
export interface Chunk {
  readonly file: string
  readonly name?: string
  readonly imports?: ReadonlyArray<string>
  readonly css?: ReadonlyArray<string>
  readonly assets?: ReadonlyArray<string>
}

/** Vite's own manifest of a build. */
export type Chunks = Readonly<Record<string, Chunk>>

/** The screens whose weight has a bound: their routes, and the modules that they import on demand as soon as they open. */
export const screens = {
  signIn: { route: "/signin", onDemand: [] },
  games: {
    route: "/",
    onDemand: [
      "src/core/session/remote.ts",
      "../client/src/GalaxyClient.ts",
      "src/core/events/EventStream.ts",
      "src/core/words/en/signedIn.ts",
      "src/lib/lobby/News.svelte"
    ]
  },
  map: {
    route: "/games/[id]/(play)/map",
    onDemand: [
      "src/core/session/remote.ts",
      "../client/src/GalaxyClient.ts",
      "src/core/events/EventStream.ts",
      "src/core/words/en/signedIn.ts",
      "../client/src/engineAnswers.ts",
      "src/core/words/en/playScreens.ts",
      "src/lib/lobby/News.svelte"
    ]
  }
} as const

/** A screen with a bound. */
export type Screen = keyof typeof screens

/** The weight of each screen. */
export type Weights = Readonly<Record<Screen, Weight>>

/** Kilobytes that a screen may weigh; `fonts` is for all scripts together. */
export const bounds: Weights = {
  signIn: { js: 75, css: 20, fonts: 70 },
  games: { js: 150, css: 20, fonts: 70 },
  map: { js: 215, css: 20, fonts: 70 }
}

/** The numbers of a route's chunks, from SvelteKit's generated list of routes: the root's, its layouts', its own. */
export const nodesOf = (app: string, route: string): ReadonlyArray<number> => {
  const escaped = route.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
  const [, leaf, layouts = ""] = new RegExp(`"${escaped}": \\[~?(\\d+)(?:,\\[([\\d,]*)\\])?`).exec(app) ?? []
  if (leaf === undefined) throw new Error(`SvelteKit lists no route ${route}`)
  return [
    0,
    1,
    ...layouts
      .split(",")
      .filter((it) => it !== "")
      .map(Number),
    Number(leaf)
  ]
}

/** The files that are loaded with these entries. An entry is a module's path, or the name of a chunk that holds it. */
export const filesOf = (chunks: Chunks, entries: ReadonlyArray<string>): ReadonlySet<string> => {
  const files = new Set<string>()
  const visit = (key: string) => {
    const chunk = chunks[key]
    if (chunk === undefined) throw new Error(`the build has no chunk ${key}`)
    if (files.has(chunk.file)) return
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(file)
    for (const it of chunk.imports ?? []) visit(it)
  }
  for (const entry of entries) visit(entry)
  return files
}

const generated = ".svelte-kit/generated/build/client-optimized"
const start = "node_modules/@sveltejs/kit/src/runtime/client/entry.js"

/** The weight of each screen. `app` is SvelteKit's generated list of routes; `sizeOf` has bytes as gzip sends them. */
export const weightsOf = (chunks: Chunks, app: string, sizeOf: (file: string) => number): Weights => {
  const entry = Object.keys(chunks).find((key) => key.endsWith(start)) ?? start
  const weight = ({ onDemand, route }: (typeof screens)[Screen]): Weight => {
    const nodes = nodesOf(app, route).map((node) => `${generated}/nodes/${node}.js`)
    const files = Array.from(filesOf(chunks, [entry, `${generated}/app.js`, ...nodes, ...onDemand]))
    const kilobytes = (extension: string) =>
      files.filter((file) => file.endsWith(extension)).reduce((sum, file) => sum + sizeOf(file), 0) / 1_024
    return { js: kilobytes(".js"), css: kilobytes(".css"), fonts: kilobytes(".woff2") }
  }
  return { signIn: weight(screens.signIn), games: weight(screens.games), map: weight(screens.map) }
}
