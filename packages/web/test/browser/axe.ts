/** axe-core's findings in a page, as sentences. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** All violations of WCAG 2.2 AA in what is on the page now; none is what a test wants. */
export const axe = async (page: Page): Promise<ReadonlyArray<string>> => {
  // Not a script of the page, so that its policy has no say.
  await page.evaluate(source)
  const { violations } = (await page.evaluate(
    (values) =>
      (globalThis as unknown as { axe: { run: (context: unknown, options: object) => Promise<unknown> } }).axe.run(
        document,
        { runOnly: { type: "tag", values } }
      ),
    rules
  )) as AxeResults
  return violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary, target }) => `${id}: ${help}: ${target.join(" ")} (${failureSummary ?? ""})`)
  )
}
