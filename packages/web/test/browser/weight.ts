/** What a browser that opens an address for the first time has loaded, in kilobytes of 1,024 as gzip sends them. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Page } from "playwright-core"

/** Kilobytes by kind. */
export interface Weight {
  readonly js: number
  readonly css: number
  readonly fonts: number
}

interface Manifest {
  readonly weights: Readonly<Record<"signIn" | "games" | "map", Weight>>
  readonly files: Readonly<Record<string, { readonly length: number; readonly encodings: { readonly gzip?: number } }>>
}

const kinds: Readonly<Record<keyof Weight, RegExp>> = { js: /\.js$/, css: /\.css$/, fonts: /\.woff2$/ }

const manifestIn = (folder: string) => JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest

/** What the build in `folder` has reckoned that a screen loads; its fonts are those of all scripts. */
export const reckonedIn = (folder: string, screen: keyof Manifest["weights"]): Weight =>
  manifestIn(folder).weights[screen]

/** Everything of the build in `folder` that the page has loaded until now, chunks on demand too. */
export const weightOf = async (page: Page, folder: string): Promise<Weight> => {
  const { files } = manifestIn(folder)
  const paths = await page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)
  )
  const kilobytes = (kind: RegExp) =>
    Array.from(new Set(paths))
      .filter((path) => kind.test(path))
      .reduce((sum, path) => sum + (files[path]?.encodings.gzip ?? files[path]?.length ?? 0), 0) / 1_024
  return { js: kilobytes(kinds.js), css: kilobytes(kinds.css), fonts: kilobytes(kinds.fonts) }
}
