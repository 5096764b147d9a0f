/** The map of a real game: what is chosen, ordered and said, with hands and with keys alone. */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { axe } from "./axe.ts"
import type { Games } from "./games.ts"
import type { Stage } from "./harness.ts"

export const map = (stage: () => Stage, games: () => Games): void => {
  const played = async () => {
    const { ada, played: game } = games()
    const report = await ada.call("user.games.report", { game_id: game.game_id, turn: game.current_turn })
    return { ada, game, report }
  }

  const mapOf = async (path = ""): Promise<Page> => {
    const { game } = await played()
    const page = await stage().open(`/games/${game.game_id}/map${path}`, { as: "Ada" })
    await page.getByRole("region", { name: "Map of the galaxy" }).waitFor()
    return page
  }
  /** What the server has of Ada's orders for the open turn. */
  const ordersNow = async () => {
    const { ada, game } = await played()
    return (await ada.call("user.games.order.get", { game_id: game.game_id, turn: game.current_turn })).orders
  }
  const find = async (page: Page, text: string) => {
    await page.keyboard.press("/")
    await page.getByRole("combobox", { name: "Find" }).fill(text)
    await page.keyboard.press("Enter")
  }

  /** How many colours there are on the chart: one until it is drawn. */
  const colours = (page: Page) =>
    page
      .locator("canvas")
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement
        const c = (canvas as HTMLCanvasElement).getContext("2d")
        const pixels = new Uint32Array(c?.getImageData(0, 0, width, height).data.buffer ?? new ArrayBuffer(0))
        return new Set(pixels).size
      })

  it("sends ships with keys alone, and the server has the order", async () => {
    const { report } = await played()
    const here = report.my_planets.find(({ number }) =>
      report.my_groups.some(
        ({ destination, origin, speed }) => origin === undefined && destination === number && speed > 0
      )
    )!
    const page = await mapOf()
    await find(page, `#${here.number}`)
    await page.getByRole("heading", { level: 2, name: `#${here.number}` }).waitFor()
    await page.keyboard.press("s")
    await page.getByText("Choose a planet.").waitFor()
    await page.keyboard.press(".")
    await page.keyboard.press("Enter")
    await page
      .getByText(/^→ #\d+, \d+ turns?$/)
      .first()
      .waitFor()
    const sent = async () => (await ordersNow()).filter(({ op }) => op === "send")
    await expect.poll(async () => (await sent()).length, { timeout: 30_000 }).toBeGreaterThan(0)
    const [order] = await sent()
    expect(report.my_planets.map(({ number }) => number)).toContain(order?.planet)
    expect(order?.planet).not.toBe(here.number)
    await page.keyboard.press("Control+z")
    await expect.poll(async () => (await sent()).length, { timeout: 30_000 }).toBe(0)
  })

  it("changes what a planet makes, and says what comes of it", async () => {
    const { report } = await played()
    const [planet] = report.my_planets
    const page = await mapOf(`?sel=p${planet!.number}`)
    await page.getByRole("combobox", { name: "Makes" }).selectOption({ label: "Weapons research" })
    await page.getByText(/weapons \+\d\.\d\d next turn\./).waitFor()
    await expect
      .poll(ordersNow, { timeout: 30_000 })
      .toContainEqual({ op: "produce", planet: planet!.number, product: "WEAPONS" })
  })

  it("is a list as well, in step with what is chosen", async () => {
    const { report } = await played()
    const page = await mapOf()
    const list = page.getByRole("group", { name: "Planets on the map" })
    expect(await list.getByRole("button").count()).toBe(report.summary.planets)
    await list.locator("[tabindex='0']").focus()
    await page.keyboard.press("Home")
    await page.keyboard.press("ArrowDown")
    const current = list.locator("[aria-current=true]")
    await expect.poll(() => current.evaluate((it) => it === document.activeElement)).toBe(true)
    const said = await current.innerText()
    expect(said).toMatch(/^#\d+, yours, /)
    await expect
      .poll(async () =>
        (await page.locator("[role=status]").allInnerTexts()).some((it) => it.startsWith(said.split(",")[0]!))
      )
      .toBe(true)
    expect(new URL(page.url()).pathname).toContain("/map")
    await expect.poll(() => new URL(page.url()).searchParams.get("sel")).toMatch(/^p\d+$/)
  })

  it("is drawn beside the page, and by the page where that can't be", async () => {
    const page = await mapOf()
    await expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(8)
    expect(page.workers().map((it) => it.url())).toEqual([expect.stringContaining("/_app/immutable/workers/")])
    await page.route("**/workers/*", (route) => route.fulfill({ contentType: "text/javascript", body: "throw 1" }))
    stage().expected(/Uncaught 1/)
    await page.reload()
    await expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(8)
    expect(page.workers()).toEqual([])
  })

  it("is for everybody, and light", async () => {
    const { report } = await played()
    const page = await mapOf(`?sel=p${report.my_planets[0]!.number}`)
    await page
      .getByRole("heading", { level: 2, name: `#${report.my_planets[0]!.number}` })
      .first()
      .waitFor()
    await stage().everyLook(page)
    for (const [open, shown] of [
      ["/", page.getByRole("combobox", { name: "Find" })],
      ["Escape", page.getByRole("heading", { level: 2, name: "Layers" })]
    ] as const) {
      await page.keyboard.press(open)
      if (open === "Escape") await page.getByRole("button", { name: "Layers" }).click()
      await shown.waitFor()
      expect.soft(await axe(page)).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 640 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    await stage().weighs(page, "map")
  })
}
