/** axe-core's findings in a page, as sentences. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { AxeResults } from "axe-core"
import type { Page } from "playwright-core"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

/** `contrast` is what may differ between two themes of the same page; it takes half the time of `all`. */
export type Scope = "all" | "contrast"

/** Violations of WCAG 2.2 AA in what is on the page now; none is what a test wants. */
export const axe = async (page: Page, scope: Scope = "all"): Promise<ReadonlyArray<string>> => {
  // Not a script of the page, so that its policy has no say.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source)
  const { violations } = (await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: { run: (context: unknown, options: object) => Promise<unknown> } }).axe.run(
        document,
        { runOnly, resultTypes: ["violations"] }
      ),
    scope === "all" ? { type: "tag", values: rules } : { type: "rule", values: ["color-contrast"] }
  )) as Pick<AxeResults, "violations">
  return violations.flatMap(({ help, id, nodes }) =>
    nodes.map(({ failureSummary, target }) => `${id}: ${help}: ${target.join(" ")} (${failureSummary ?? ""})`)
  )
}
