/**
 * Pictures of screens, compared with those that are stored.
 *
 * They are those of one version of the browser, which draws letters as no other does: another one skips the comparison and
 * says so. `GALAXY_TEST_PICTURES=write` stores what the screens look like now.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Browser } from "playwright-core"

const stored = join(import.meta.dirname, "pictures")
const versionFile = join(stored, "version.txt")
/** Pictures that differ are put here, to be looked at. */
const differing = join(import.meta.dirname, "../../../../.cache/pictures")

/** Share of pixels that may differ. */
const tolerated = 0.005

const isWriting = process.env["GALAXY_TEST_PICTURES"] === "write"

const put = (folder: string, name: string, content: Buffer | string): string => {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

/** Share of pixels in which two PNG pictures differ visibly, from 0 to 1; 1 where their sizes do. */
export const shareOfDifference = async (browser: Browser, one: Buffer, other: Buffer): Promise<number> => {
  // A page of nobody, since the browser is the only one here who can read pictures.
  const page = await browser.newPage()
  try {
    return await page.evaluate(
      async (pictures) => {
        const [a, b] = await Promise.all(
          pictures.map(async (base64) => {
            const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob()
            const bitmap = await createImageBitmap(blob)
            const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")
            context?.drawImage(bitmap, 0, 0)
            return context?.getImageData(0, 0, bitmap.width, bitmap.height)
          })
        )
        if (a === undefined || b === undefined || a.width !== b.width || a.height !== b.height) return 1
        const isOther = (at: number) => Math.abs((a.data[at] ?? 0) - (b.data[at] ?? 0)) > 16
        let count = 0
        for (let at = 0; at < a.data.length; at += 4) if (isOther(at) || isOther(at + 1) || isOther(at + 2)) count++
        return count / (a.width * a.height)
      },
      [one.toString("base64"), other.toString("base64")]
    )
  } finally {
    await page.close()
  }
}

/** What is wrong with a picture of this name; undefined where it is as it was, or can't be compared. */
export const problemOf = async (browser: Browser, name: string, picture: Buffer): Promise<string | undefined> => {
  const version = browser.version()
  const file = `${name}.png`
  if (isWriting) {
    put(stored, file, picture)
    put(stored, "version.txt", `${version}\n`)
    return undefined
  }
  if (!existsSync(join(stored, file))) return undefined
  const wanted = readFileSync(versionFile, "utf8").trim()
  if (wanted !== version) {
    console.warn(`skipped: the picture ${name} (it is of Chromium ${wanted}, and this is ${version})`)
    return undefined
  }
  const share = await shareOfDifference(browser, readFileSync(join(stored, file)), picture)
  if (share <= tolerated) return undefined
  const seen = put(differing, file, picture)
  return `${name} differs in ${(share * 100).toFixed(1)} % of its pixels: ${seen}; GALAXY_TEST_PICTURES=write stores it`
}
