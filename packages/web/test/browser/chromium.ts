/** The browser of this machine, as tests start it. */
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, chromium } from "playwright-core"

const names = ["chromium", "chromium-browser", "google-chrome"]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const found = (): string | undefined =>
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find(isExecutable)

/** Where it lies: `npm test` says so, otherwise PATH has it. */
export const executable: string | undefined = process.env["GALAXY_TEST_CHROMIUM"] || found()

if (executable === undefined) {
  const line = "the web client in a browser (no chromium on this machine)"
  if (process.env["CI"]) throw new Error(`In CI nothing is skipped: ${line}`)
  console.warn(`skipped: ${line}`)
}

/** Starts it, without a window. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    // In a sandbox of CI everybody is root, and there is neither a graphics card nor much shared memory.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
    timeout: 60_000
  })
