/** From the first address to saved orders without a mouse: what a keyboard alone can't reach, many people can't use. */
import type { Locator, Page } from "playwright-core"
import { expect, it } from "vitest"
import type { Stage } from "./harness.ts"
import { mailedCode } from "./signedIn.ts"

/** More stops than any page has before what is looked for. */
const mostStops = 60

const isFocused = (target: Locator) => target.evaluateAll((found) => found.some((it) => it === document.activeElement))

/** Goes from stop to stop until this has the focus, and checks that one sees where it is. */
const tabTo = async (page: Page, target: Locator): Promise<void> => {
  await target.first().waitFor()
  for (let stop = 0; stop < mostStops && !(await isFocused(target)); stop++) await page.keyboard.press("Tab")
  const seen = await page.evaluate(() => {
    const it = document.activeElement
    if (it === null) return "nothing has the focus"
    const { bottom, left, right, top } = it.getBoundingClientRect()
    const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    const { boxShadow, outlineStyle } = getComputedStyle(it)
    if (outlineStyle === "none" && boxShadow === "none") return "the focus can't be seen"
    return on === null || it.contains(on) || on.contains(it) ? "" : `it is under ${on.tagName} ${on.className}`
  })
  expect({ target: String(target), reached: await isFocused(target), trouble: seen }).toEqual({
    target: String(target),
    reached: true,
    trouble: ""
  })
}

export const keyboard = (stage: () => Stage): void => {
  it("leads from the address to saved orders", async () => {
    const page = await stage().open("/")
    await page.waitForURL("**/signin")
    await tabTo(page, page.locator("input[type=email]"))
    await page.keyboard.type("kay@example.org")
    await page.keyboard.press("Enter")
    const code = page.locator("input[autocomplete=one-time-code]")
    await code.waitFor()
    await tabTo(page, code)
    await page.keyboard.type(await mailedCode(stage().galaxy, "kay@example.org"))
    await page.keyboard.press("Enter")
    await tabTo(page, page.getByRole("button", { name: "Play against the computer" }))
    await page.keyboard.press("Enter")
    await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Start" }))
    await page.keyboard.press("Enter")
    await page.waitForURL(/\/map$/)
    await page.getByRole("region", { name: "Map of the galaxy" }).waitFor()

    await page.keyboard.press(".")
    const makes = page.getByRole("combobox", { name: "Makes" })
    await makes.waitFor()
    await page.keyboard.press("p")
    await expect.poll(() => isFocused(makes)).toBe(true)
    // Chosen by its first letters, as lists of a browser are.
    await page.keyboard.type("Weapons")
    await page.keyboard.press("Tab")
    await page
      .getByText(/makes weapons research|researches weapons/i)
      .first()
      .waitFor()
    await page
      .getByText(/^✓ Saved/)
      .first()
      .waitFor()

    await page.keyboard.press("g")
    await page.keyboard.press("o")
    await page.waitForURL(/\/orders$/)
    await tabTo(page, page.locator("main li summary").first())
    await page.keyboard.press("Enter")
    await tabTo(page, page.getByRole("button", { name: "Remove" }))
    await page.keyboard.press("Enter")
    await page.getByText("No orders yet").waitFor()
    await page.keyboard.press("Control+z")
    await page.locator("main li summary").first().waitFor()
    await tabTo(page, page.getByRole("button", { name: "My orders are done" }))
    await page
      .getByText(/^✓ Saved/)
      .first()
      .waitFor()

    const [kay] = await stage().galaxy.players("Kay")
    const id = new URL(page.url()).pathname.split("/")[2]!
    const { orders } = await kay.call("user.games.order.get", { game_id: id, turn: 0 })
    expect(orders.map(({ op }) => op)).toEqual(["produce"])
    await page.keyboard.press("Enter")
    // Nobody else is waited for, so the turn that was asked for is shown as soon as it is there.
    await page.getByRole("heading", { level: 1, name: /turn 1/i }).waitFor()
    await page.getByText("This is turn 1").waitFor()
  })
}
