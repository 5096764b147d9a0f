/** A game in a browser: its report, its orders on two devices, and a turn that is made while one looks. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { axe } from "./axe.ts"
import { screens, type Visit } from "./harness.ts"

screens("A game", (stage) => {
  /** A game of this player with two computer players, and pages of it on these devices. */
  const start = async (as: string, turns: number, path: string, ...visits: ReadonlyArray<Visit>) => {
    const { galaxy, open } = { galaxy: stage().galaxy, open: (visit: Visit) => stage().open("/", { as, ...visit }) }
    // The mails of a game would stand before those with codes.
    const pages: Array<Page> = []
    for (const visit of [{}, ...visits]) pages.push(await open(visit))
    const [player] = await galaxy.players(as)
    const { game_id: id } = await galaxy.game([player], { computerPlayers: 2, turns, name: "Orion Reach" })
    const { my_planets: planets } = await player.call("user.games.report", { game_id: id, turn: turns })
    // Its turns have put the platform's clock ahead, so that the first call of a page is refused with the right time.
    stage().expected(/status of 400 .*ExecuteCommand/)
    const [page, other = page] = pages
    const [planet] = planets
    if (planet === undefined || page === undefined || other === undefined) throw new Error("nothing to begin with")
    await page.goto(`/games/${id}/${path}`)
    await page.getByRole("heading", { level: 1 }).waitFor()
    return { player, id, planet, page, other }
  }

  it("shows its report in every look", async () => {
    const { page } = await start("Ada", 1, "report")
    await page.getByRole("heading", { name: "Unidentified" }).waitFor()
    expect(await page.locator("section[aria-labelledby^=title-]").count()).toBe(21)
    await stage().everyLook(page)
  })

  it("shows its lists, with nothing for axe to find", async () => {
    const { id, page } = await start("Ida", 1, "orders")
    for (const path of ["orders", "planets", "ships", "designs", "races"]) {
      await page.goto(`/games/${id}/${path}`)
      await page.getByRole("heading", { level: 1 }).waitFor()
      expect.soft(await axe(page), path).toEqual([])
    }
  })

  it("keeps and saves orders, reads them as text, and asks where two devices have written", async () => {
    const { player, id, planet, page, other } = await start("Lin", 0, "planets", { width: "phone" })
    await page.getByRole("checkbox", { name: `Choose ${planet.number}`, exact: true }).check()
    await page.getByRole("combobox", { name: "Make" }).selectOption("MAT")
    await page.getByRole("button", { name: "Add to the orders" }).click()
    await page.goto(`/games/${id}/orders`)
    await page.getByText("makes ore").waitFor()
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
    await page.getByRole("alert").getByText("changed on another device").waitFor()
    await page.getByRole("button", { name: "Take the other list" }).click()
    await page.getByText("makes capital").waitFor()
    await page.getByText(/^✓ Saved/).waitFor()
  })

  it("keeps what is written without a network, and saves it once when that is back", async () => {
    const { player, id, planet, page } = await start("Mia", 0, "orders")
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
  })

  it("tells of a new turn once, and shows it when it is wanted", async () => {
    const { id, page } = await start("Eve", 0, "report")
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
  })
})
