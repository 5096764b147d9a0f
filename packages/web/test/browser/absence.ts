/** What happens while nobody looks, or nobody is heard: turns, restarts, days without a network, a session that ends. */
import type { Page, Route } from "playwright-core"
import { expect, it } from "vitest"
import type { Games } from "./games.ts"
import type { Stage, Visit } from "./harness.ts"
import { writeOrders } from "./orders.ts"

/** What a browser says in its console while it can't reach the gateway. */
const unreachable = /ERR_|Failed to load resource/

/** Shows the page, or puts another one in front of it. A browser without a window never does that by itself. */
const look = (page: Page, visibility: "visible" | "hidden") =>
  page.evaluate((now) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => now })
    document.dispatchEvent(new Event("visibilitychange"))
  }, visibility)

export const absence = (stage: () => Stage, games: () => Games): void => {
  const open = async (as: keyof Games["beginner"], path: string, visit: Visit = {}) => {
    const { beginner, begun } = games()
    const page = await stage().open(`/games/${begun.game_id}/${path}`, { as, ...visit })
    await page.getByRole("heading", { level: 1 }).waitFor()
    const { current_turn: turn } = await beginner[as].call("lobby.games.get", { game_id: begun.game_id })
    return { page, player: beginner[as], game: begun, turn }
  }
  const heading = (page: Page, turn: number) =>
    page.getByRole("heading", { level: 1, name: new RegExp(`\\bTurn ${turn}\\b`) })
  const toasts = (page: Page) => page.getByText(/^Turn \d+ is ready$/)

  it("keeps a hidden page as it is, and tells of the newest turn once, also over a restart of the gateway", async () => {
    const network = await stage().network()
    const { game, page, turn } = await open("Eve", "report", { via: network })
    await heading(page, turn).waitFor()
    await expect.poll(() => network.kinds).toContain("gateway.server_time")
    await look(page, "hidden")
    await stage().galaxy.advanceToTurn(game, turn + 1)
    await toasts(page)
      .filter({ hasText: `${turn + 1}` })
      .waitFor()
    stage().expected(unreachable)
    await stage().galaxy.restart("gateway")
    await stage().galaxy.advanceToTurn(game, turn + 2)
    await toasts(page)
      .filter({ hasText: `${turn + 2}` })
      .waitFor()
    await look(page, "visible")
    expect(await toasts(page).count()).toBe(1)
    expect(await heading(page, turn).count()).toBe(1)
    await page.getByRole("button", { name: "View now" }).click()
    await heading(page, turn + 2).waitFor()
    await expect.poll(() => toasts(page).count()).toBe(0)
    expect(network.open()).toBe(1)
  })

  it("catches up after days without a network, and opens at the turn that was seen last", async () => {
    const network = await stage().network()
    const { game, page, turn } = await open("Lin", "report", { via: network })
    const { galaxy } = stage()
    await heading(page, turn).waitFor()
    await expect.poll(() => network.kinds).toContain("gateway.server_time")
    stage().expected(unreachable)
    const context = page.context()
    await context.setOffline(true)
    network.end()
    await galaxy.advanceToTurn(game, turn + 2)
    await context.setOffline(false)
    await toasts(page)
      .filter({ hasText: `${turn + 2}` })
      .waitFor()
    expect(await toasts(page).count()).toBe(1)
    expect(await heading(page, turn).count()).toBe(1)

    await page.close()
    await galaxy.advanceToTurn(game, turn + 4)
    const again = await context.newPage()
    await again.goto(`/games/${game.game_id}/report`)
    await heading(again, turn).waitFor()
    await again.getByText("4 turns since you looked.").waitFor()
    await again.getByRole("button", { name: "View now" }).click()
    await heading(again, turn + 4).waitFor()
    await again.reload()
    await heading(again, turn + 4).waitFor()
    expect(await toasts(again).count()).toBe(0)
  })

  it("moves what was written too late into the next turn", async () => {
    const { game, page, player, turn } = await open("Mia", "orders")
    const { my_planets: planets } = await player.call("user.games.report", { game_id: game.game_id, turn })
    const planet = planets[0]!.number
    await page.getByText(/^✓ Saved/).waitFor()
    // The list is on its way while the turn is made.
    let release = () => {}
    const made = new Promise<void>((done) => (release = done))
    stage().expected(/status of 4\d\d/)
    const hold = async (route: Route) => {
      await made
      await route.continue()
    }
    await page.route("**/ExecuteCommand", hold)
    await writeOrders(page, `P ${planet} CAP`)
    await stage().galaxy.advanceToTurn(game, turn + 1)
    release()
    await page.getByRole("button", { name: "View now" }).click()
    await page.getByRole("heading", { level: 1, name: `Orders for turn ${turn + 1}` }).waitFor()
    await page.getByText("makes capital").waitFor()
    await page.getByText(/^✓ Saved/).waitFor()
    const saved = await player.call("user.games.order.get", { game_id: game.game_id, turn: turn + 1 })
    expect(saved.orders).toEqual([{ op: "produce", planet, product: "CAP" }])
    await page.goto("/")
    const card = page.getByRole("link", { name: /First Light/ })
    await card.getByText("1 order given").waitFor()
    await stage().galaxy.advanceToTurn(game, turn + 2)
    await card.getByText("No orders yet").waitFor()
  })

  it("has what wasn't saved before the session ended, once one has signed in again", async () => {
    const network = await stage().network()
    const { game, page, player, turn } = await open("Zoe", "orders", { via: network })
    const { my_planets: planets } = await player.call("user.games.report", { game_id: game.game_id, turn })
    const planet = planets[0]!.number
    await writeOrders(page, `P ${planet} CAP`)
    await page.getByText(/^✓ Saved/).waitFor()
    const before = await player.call("user.games.order.get", { game_id: game.game_id, turn })
    stage().expected(unreachable)
    await page.context().setOffline(true)
    network.end()
    await writeOrders(page, `P ${planet} MAT`)
    await page.getByText("kept on this device", { exact: false }).first().waitFor()
    const { sessions } = await player.call("user.sessions.list", {})
    const { device_session_id: id } = sessions.find(({ device_label: label }) => label === "Chromium")!
    await player.call("user.sessions.revoke", { device_session_id: id })
    await page.context().setOffline(false)
    await page.waitForURL("**/signin*")
    await page.getByText("signed out from another device").waitFor()
    const between = await player.call("user.games.order.get", { game_id: game.game_id, turn })
    expect(between.orders).toEqual(before.orders)
    await stage().signIn(page, "zoe@example.org")
    await page.waitForURL(`**/games/${game.game_id}/orders`)
    await page.getByText("makes ore").waitFor()
    await page.getByText(/^✓ Saved/).waitFor()
    const saved = await player.call("user.games.order.get", { game_id: game.game_id, turn })
    expect(saved.orders).toEqual([{ op: "produce", planet, product: "MAT" }])
  })
}
