/** Every screen of a game that has been played for a while, for everybody: axe, both widths and themes, 320 px, 200 %. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { screens } from "./harness.ts"
import { writeOrders } from "./orders.ts"

/** Turns in peace, and those after which all are at war: so many that there are battles, routes and fleets of others. */
const peace = 16
const turns = peace + 2

const pages = ["map", "planets", "ships", "designs", "races", "orders", "report", "archive", "more"]

screens("A game's screens are for everybody", (stage) => {
  /** Nobody scrolls sideways at 320 px, nor at twice the size on a small desktop. */
  const narrow = async (page: Page, what: string) => {
    for (const size of [
      { width: 320, height: 640 },
      { width: 640, height: 400 }
    ]) {
      await page.setViewportSize(size)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      expect.soft(wide, `${what} at ${size.width} px`).toBeLessThanOrEqual(size.width)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
  }

  it("after many turns, on every page and in its states", async () => {
    const { galaxy } = stage()
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const others = await galaxy.players("Max", "Ida", "Una")
    const game = await galaxy.game([ada, lin, ...others], { turns: peace, name: "Orion Reach" })
    const id = game.game_id
    for (const { call, name } of [ada, lin, ...others]) {
      const orders = [{ op: "war" as const, race: `Race_${name}` }]
      await call("user.games.order", { game_id: id, turn: peace, orders })
    }
    await galaxy.advanceToTurn(game, turns)
    const page = await stage().open(`/games/${id}/map`, { as: "Ada" })
    for (const path of pages) {
      await page.goto(`/games/${id}/${path}`)
      if (path !== "map") await page.getByRole("heading", { level: 1 }).waitFor()
      else await page.getByRole("region", { name: "Map of the galaxy" }).waitFor()
      await stage().everyLook(page)
      await narrow(page, path)
    }

    await page.goto(`/games/${id}/orders`)
    const report = await ada.call("user.games.report", { game_id: id, turn: turns })
    const planet = report.my_planets[0]!.number
    await writeOrders(page, `P ${planet} CAP\nV Nobody`)
    await page.getByText("No race has this name").waitFor()
    await page.locator("main li summary").first().click()
    await stage().everyLook(page)
    await page.getByRole("button", { name: "Text", exact: true }).click()
    await stage().everyLook(page)

    let fought = turns
    while ((await ada.call("user.games.report", { game_id: id, turn: fought })).battles.length === 0) fought--
    await page.goto(`/games/${id}/battles/${fought}/0`)
    await page.getByRole("heading", { level: 1 }).waitFor()
    await page.getByRole("banner").getByText(`Turn ${fought}`, { exact: true }).waitFor()
    await stage().everyLook(page)
    await narrow(page, "battle")

    // Its bar is that of all pages, and this one is small.
    await page.goto(`/games/${id}/races?turn=${turns - 1}`)
    await page.getByText(`You are looking at turn ${turns - 1}`).waitFor()
    await stage().everyLook(page)

    await galaxy.advanceToTurn(game, turns + 1)
    await page
      .getByText(`Turn ${turns + 1} is ready`)
      .first()
      .waitFor()
    await stage().everyLook(page)
    await galaxy.adminCall("POST", `/games/${id}/force-stop`, { reason: "to see its end" })
    await page.goto(`/games/${id}/orders`)
    await page.getByRole("heading", { level: 1 }).waitFor()
    await stage().everyLook(page)
  })
})
