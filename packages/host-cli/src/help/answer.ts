/** Answers a command line that asks for help from the bundle's file of pages. */
import { readFileSync } from "node:fs"
import { helpText } from "./formatter.ts"
import { pagesFile } from "./pagesFile.ts"
import { quickPage, type QuickPages } from "./quick.ts"

const read = (): QuickPages | undefined => {
  try {
    return JSON.parse(readFileSync(new URL(pagesFile, import.meta.url), "utf8")) as QuickPages
  } catch {
    // Sources have no such file.
    return undefined
  }
}

/** Whether it may be a question for help: a command that isn't must not wait for the file. */
const mayAsk = (args: ReadonlyArray<string>) => args.length <= 1 || args.includes("--help") || args.includes("-h")

/** Writes the help to standard output and returns true; returns false where the parser must decide. */
export const answered = (args: ReadonlyArray<string>): boolean => {
  const pages = mayAsk(args) ? read() : undefined
  const page = pages === undefined ? undefined : quickPage(args, pages)
  if (page === undefined) return false
  const { stdout } = process
  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    // A reader that has seen enough has gone; anything else has lost what somebody wants.
    if (code !== "EPIPE") process.exitCode = 1
  })
  stdout.write(helpText(page, stdout.isTTY ? stdout.columns : 80))
  return true
}
