/**
 * Pictures of screens, compared with those that are stored.
 *
 * They are those of one version of the browser, which draws letters as no other does: another one skips the comparison and
 * says so. `GALAXY_TEST_PICTURES=write` stores what the screens look like now.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Browser, Locator, Page } from "playwright-core"

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

/** Takes the page once it doesn't change any more: maps are drawn beside the page. */
export const still = async (page: Page, hidden: ReadonlyArray<Locator> = []): Promise<Buffer> => {
  await page.evaluate(() => document.fonts.ready.then(() => undefined))
  const take = () => page.screenshot({ animations: "disabled", caret: "hide", mask: [...hidden], maskColor: "#808080" })
  let before = await take()
  for (let more = 0; more < 20; more++) {
    const now = await take()
    if (now.equals(before)) return now
    before = now
  }
  throw new Error("the page doesn't come to rest")
}

/** A PNG picture of half the width and height, which takes a third of the room and still shows what has moved. */
const half = async (browser: Browser, picture: Buffer): Promise<Buffer> => {
  const page = await browser.newPage()
  try {
    const base64 = await page.evaluate(async (data) => {
      const whole = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
      const canvas = new OffscreenCanvas(Math.round(whole.width / 2), Math.round(whole.height / 2))
      const context = canvas.getContext("2d")
      if (context !== null) context.imageSmoothingQuality = "high"
      context?.drawImage(whole, 0, 0, canvas.width, canvas.height)
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer())
      let text = ""
      for (const byte of bytes) text += String.fromCharCode(byte)
      return btoa(text)
    }, picture.toString("base64"))
    return Buffer.from(base64, "base64")
  } finally {
    await page.close()
  }
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
export const problemOf = async (browser: Browser, name: string, whole: Buffer): Promise<string | undefined> => {
  const version = browser.version()
  const file = `${name}.png`
  if (!isWriting && !existsSync(join(stored, file))) return undefined
  const picture = await half(browser, whole)
  if (isWriting) {
    put(stored, file, picture)
    put(stored, "version.txt", `${version}\n`)
    return undefined
  }
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
