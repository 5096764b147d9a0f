/** A game in a browser: its report, its orders on two devices, and a turn that is made while one looks. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { axe } from "./axe.ts"
import type { Games } from "./games.ts"
import type { Stage, Visit } from "./harness.ts"

export const play = (stage: () => Stage, games: () => Games): void => {
  /** The begun game of one of its players, who has one page of it on each of these devices. */
  const start = async (as: keyof Games["beginner"], path: string, ...visits: ReadonlyArray<Visit>) => {
    const { beginner, begun } = games()
    const { game_id: id } = begun
    const player = beginner[as]
    const { my_planets: planets } = await player.call("user.games.report", { game_id: id, turn: 0 })
    const pages: Array<Page> = []
    for (const visit of [{}, ...visits]) pages.push(await stage().open(`/games/${id}/${path}`, { as, ...visit }))
    const [page, other = page] = pages
    const [planet] = planets
    if (planet === undefined || page === undefined || other === undefined) throw new Error("nothing to begin with")
    await page.getByRole("heading", { level: 1 }).waitFor()
    return { player, id, planet, page, other }
  }

  it("are a report and lists with nothing for axe to find, early in a game", async () => {
    const { game_id: id } = games().played
    const page = await stage().open(`/games/${id}/report`, { as: "Ada" })
    await page.getByRole("heading", { name: "Unidentified" }).waitFor()
    expect(await page.locator("section[aria-labelledby^=title-]").count()).toBe(21)
    expect.soft(await axe(page), "report").toEqual([])
    for (const path of ["orders", "planets", "ships", "designs", "races", "archive"]) {
      await page.locator(`nav[aria-label=Game] a[href$="/${path}"]`).first().click()
      await page.waitForURL(`**/${path}`)
      await page.getByRole("heading", { level: 1 }).waitFor()
      expect.soft(await axe(page), path).toEqual([])
    }
  })

  it("explain figures, compare turns, and take any order by keyboard", async () => {
    const { ada, played } = games()
    const page = await stage().open(`/games/${played.game_id}/planets`, { as: "Ada", width: "phone", theme: "light" })
    const report = await ada.call("user.games.report", { game_id: played.game_id, turn: played.current_turn })
    await page
      .getByRole("button", { name: /^Explain / })
      .first()
      .click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("production points").first().waitFor()
    const { industry } = report.my_planets[0] ?? { industry: 0 }
    expect(await dialog.textContent()).toContain(`0.75 × ${industry.toLocaleString("en-GB")}`)
    expect.soft(await axe(page)).toEqual([])
    await page.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(/^Explain /)

    await page.goto(`/games/${played.game_id}/archive?from=0&to=${played.current_turn}&show=drive`)
    await page.getByRole("img", { name: /^Drive technology of each race/ }).waitFor()
    await page.getByText("As a table").click()
    const table = page.getByRole("group", { name: /^Drive technology/ })
    await table.getByRole("rowheader", { name: "0", exact: true }).waitFor()
    expect(await table.getByRole("row").last().getByRole("cell").allTextContents()).toEqual(["1.00", "1.00", "1.00"])
    await page.getByRole("heading", { name: "Your planets" }).waitFor()

    await page.goto(`/games/${played.game_id}/orders`)
    await page.getByText("Add an order").focus()
    await page.keyboard.press("Enter")
    const order = page.getByRole("combobox", { name: "Order" })
    await order.focus()
    await page.keyboard.type("Vote for")
    const race = page.getByRole("combobox", { name: "Race" })
    await race.selectOption({ index: 2 })
    await page.keyboard.press("Tab")
    await page.getByRole("button", { name: "Add to the orders" }).press("Enter")
    await page.getByText(/^Vote for /).waitFor()
    await page.getByText(/^✓ Saved/).waitFor()
    const { orders } = await ada.call("user.games.order.get", { game_id: played.game_id, turn: played.current_turn })
    expect(orders.map(({ op }) => op)).toEqual(["vote"])
    await stage().everyLook(page)
  })

  it("keeps and saves orders, reads them as text, and asks where two devices have written", async () => {
    const { player, id, planet, page, other } = await start("Lin", "planets", { width: "phone" })
    await page.getByRole("checkbox", { name: `Choose #${planet.number}`, exact: true }).check()
    await page.getByRole("combobox", { name: "Make" }).selectOption("MAT")
    await page.getByRole("button", { name: "Add to the orders" }).click()
    await page.getByRole("link", { name: "Orders saved" }).click()
    await page.waitForURL(`**/games/${id}/orders`)
    await page.getByText("makes ore").waitFor()
    expect(await page.getByRole("link", { name: "Orders saved" }).count()).toBe(0)
    await page.getByText(/^✓ Saved/).waitFor()
    const saved = await player.call("user.games.order.get", { game_id: id, turn: 0 })
    expect(saved.orders).toEqual([{ op: "produce", planet: planet.number, product: "MAT" }])

    await other.goto(`/games/${id}/orders`)
    await other.getByText("makes ore").waitFor()
    await other.getByRole("button", { name: "Text", exact: true }).click()
    await other.getByRole("textbox", { name: "Orders as text" }).fill(`P ${planet.number} CAP\nV Nobody`)
    await other.getByRole("button", { name: "Use this text" }).click()
    await other.getByText("No race has this name").waitFor()
    await other.getByText(/^✓ Saved/).waitFor()

    await page.getByText("makes ore").click()
    await page.getByRole("button", { name: "Remove" }).click()
    const asked = page.getByRole("alert").getByText("changed on another device")
    await asked.waitFor()
    await page.goto(`/games/${id}/planets`)
    await page.getByRole("link", { name: "Orders changed elsewhere" }).click()
    await asked.waitFor()
    await page.getByRole("button", { name: "Take the other list" }).click()
    await page.getByText("makes capital").waitFor()
    await page.getByText(/^✓ Saved/).waitFor()
  })

  it("keeps what is written without a network, and saves it once when that is back", async () => {
    const { player, id, planet, page } = await start("Mia", "orders")
    const write = async (text: string) => {
      await page.getByRole("button", { name: "Text", exact: true }).click()
      await page.getByRole("textbox", { name: "Orders as text" }).fill(text)
      await page.getByRole("button", { name: "Use this text" }).click()
    }
    await write(`P ${planet.number} MAT`)
    await page.getByText(/^✓ Saved/).waitFor()
    stage().expected(/ERR_INTERNET_DISCONNECTED|Failed to load resource/)
    await page.context().setOffline(true)
    await write(`P ${planet.number} CAP`)
    await page.getByText("kept on this device", { exact: false }).first().waitFor()
    await page.context().setOffline(false)
    await page.getByText(/^✓ Saved/).waitFor()
    const saved = await player.call("user.games.order.get", { game_id: id, turn: 0 })
    expect(saved.orders).toEqual([{ op: "produce", planet: planet.number, product: "CAP" }])

    // A device that has never shown the orders as text can't do it now, and says so.
    const fresh = await stage().open(`/games/${id}/map`, { as: "Mia" })
    await fresh.getByText(/^✓ Saved/).waitFor()
    await fresh.context().setOffline(true)
    await fresh.getByRole("button", { name: "Text", exact: true }).click()
    await fresh.getByRole("alert").getByText("can't be shown without a network").waitFor()
    await fresh.context().setOffline(false)
    await fresh.getByRole("alert").getByRole("button", { name: "Try again" }).click()
    const text = fresh.getByRole("textbox", { name: "Orders as text" })
    await text.waitFor()
    expect(await text.inputValue()).toContain(String(planet.number))
  })

  it("tells of a new turn once, and shows it when it is wanted", async () => {
    const { id, page } = await start("Eve", "report")
    await page.getByRole("heading", { name: "Turn 0" }).waitFor()
    await stage().galaxy.advanceToTurn(id, 1)
    await page.getByText("Turn 1 is ready").waitFor()
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toContain("Turn 0")
    await page.getByRole("button", { name: "View now" }).click()
    await page.getByRole("heading", { name: "Turn 1" }).waitFor()
    expect(await page.getByText("Turn 1 is ready").count()).toBe(0)
    await page.keyboard.press("[")
    await page.getByRole("heading", { name: "Turn 0" }).waitFor()
    await page.keyboard.press("]")
    await page.getByRole("heading", { name: "Turn 1" }).waitFor()
    // What is chosen for an order is the newest turn's, and another turn has nothing of it.
    await page.locator('nav[aria-label=Game] a[href$="/planets"]').first().click()
    await page
      .getByRole("checkbox", { name: /^Choose (?!all)/ })
      .first()
      .check()
    const chosen = page.getByRole("region", { name: "1 chosen" })
    await chosen.waitFor()
    await page.getByRole("heading", { level: 1 }).click()
    await page.keyboard.press("[")
    await chosen.waitFor({ state: "detached" })
    await page.keyboard.press("]")
    await page.getByRole("checkbox", { name: /^Choose all/ }).waitFor()
    expect(await chosen.count()).toBe(0)
  })
}
