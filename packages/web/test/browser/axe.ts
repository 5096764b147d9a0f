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
  // Not what happens to lie half under a bar that stays where it is while the page scrolls: its size is its own.
  const isCovered = (selector: string) =>
    page.evaluate((wanted) => {
      const target = document.querySelector(wanted)
      const own = target?.getBoundingClientRect()
      return Array.from(document.querySelectorAll("nav, header, .foot")).some((bar) => {
        const { bottom, top } = bar.getBoundingClientRect()
        const stays = /sticky|fixed/.test(getComputedStyle(bar).position)
        return stays && own !== undefined && !bar.contains(target) && own.bottom > top && own.top < bottom
      })
    }, selector)
  const { violations } = (await page.evaluate(
    (runOnly) =>
      (globalThis as unknown as { axe: { run: (context: unknown, options: object) => Promise<unknown> } }).axe.run(
        document,
        { runOnly, resultTypes: ["violations"] }
      ),
    scope === "all" ? { type: "tag", values: rules } : { type: "rule", values: ["color-contrast"] }
  )) as Pick<AxeResults, "violations">
  const found: Array<string> = []
  for (const { help, id, nodes } of violations) {
    for (const { failureSummary, target } of nodes) {
      const where = target.join(" ")
      if (id === "target-size" && (await isCovered(where))) continue
      found.push(`${id}: ${help}: ${where} (${failureSummary ?? ""})`)
    }
  }
  return found
}
