/** What goes wrong in a page without anybody seeing it: errors of scripts, of the console and of the page's policy. */
import type { BrowserContext, Page } from "playwright-core"

/** Sentences about what went wrong, as they come. What a test expects is put aside. */
export class Trouble {
  /** What nobody has expected. */
  readonly all: Array<string> = []
  readonly #expected: Array<{ readonly fits: RegExp; readonly seen: Array<string> }> = []

  add(sentence: string): void {
    const expected = this.#expected.find(({ fits }) => fits.test(sentence))
    ;(expected?.seen ?? this.all).push(sentence)
  }

  /** From now on, and of what has come already: the list grows. */
  expect(fits: RegExp): ReadonlyArray<string> {
    const seen: Array<string> = []
    this.#expected.push({ fits, seen })
    for (const sentence of this.all.splice(0)) this.add(sentence)
    return seen
  }
}

interface Violation {
  readonly directive: string
  readonly blocked: string
  readonly sample: string
  readonly line: string
}

/** Watches a new context from before its first page. */
export const watch = async (context: BrowserContext, trouble: Trouble): Promise<void> => {
  await context.exposeBinding("tellViolation", (_, { blocked, directive, line, sample }: Violation) => {
    trouble.add(`policy: ${directive} refused ${blocked} ${sample} (${line})`)
  })
  await context.addInitScript(() => {
    const { tellViolation } = globalThis as unknown as { tellViolation: (violation: object) => void }
    addEventListener("securitypolicyviolation", (event) => {
      tellViolation({
        directive: event.violatedDirective,
        blocked: event.blockedURI,
        sample: event.sample,
        line: `${event.sourceFile}:${event.lineNumber}`
      })
    })
  })
  const follow = (page: Page) => {
    page.on("pageerror", (error) => trouble.add(`error: ${error.stack || error.message}`))
    page.on("crash", () => trouble.add("the page crashed"))
    page.on("console", (message) => {
      if (message.type() === "error") trouble.add(`console: ${message.text()} (${message.location().url})`)
    })
  }
  context.on("page", follow)
}
