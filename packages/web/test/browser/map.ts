/** The map of a real game: what is chosen, ordered and said, with hands and with keys alone. */
import type { Page } from "playwright-core"
import { cameraOf } from "@galaxy/web/core/map/camera"
import { goodsTags } from "@galaxy/web/core/map/goodsTags"
import { radiusOf } from "@galaxy/web/core/map/lod"
import { apart, near } from "@galaxy/web/core/map/space"
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

  it("changes what a planet makes, loads so much as is typed, and tells its keys", async () => {
    const { report } = await played()
    const [planet] = report.my_planets
    const page = await mapOf(`?sel=p${planet!.number}`)
    await page.getByRole("combobox", { name: "Makes" }).selectOption({ label: "Weapons research" })
    await page.getByRole("button", { name: /weapons \+\d\.\d\d next turn\./ }).click()
    const why = page.getByRole("dialog", { name: /how it is worked out$/ })
    await why.locator("details[open]").getByText("weapons technology").first().waitFor()
    await page.keyboard.press("Escape")
    await why.waitFor({ state: "detached" })
    await expect
      .poll(ordersNow, { timeout: 30_000 })
      .toContainEqual({ op: "produce", planet: planet!.number, product: "WEAPONS" })
    const loaded = report.my_planets.find(
      ({ number, colonists }) =>
        colonists > 1 &&
        report.my_groups.some((it) => it.origin === undefined && it.destination === number && it.cargo > 0)
    )!
    await page.getByRole("heading", { level: 2 }).first().click()
    await find(page, `#${loaded.number}`)
    await page.getByRole("button", { name: "Load" }).waitFor()
    await page.keyboard.press("?")
    await page.getByRole("dialog", { name: "Keys" }).getByText("The next planet that needs you").waitFor()
    expect.soft(await axe(page)).toEqual([])
    await page.keyboard.press("Escape")
    await page.keyboard.press("l")
    await page.getByRole("textbox", { name: "How much" }).fill("0,25")
    await page.getByRole("button", { name: /^Colonists .* here$/ }).click()
    await expect
      .poll(async () => (await ordersNow()).find(({ op }) => op === "load"), { timeout: 30_000 })
      .toMatchObject({ goods: "COL", amount: 0.25 })
  })

  it("is drawn beside the page or by it, and takes a route that is dragged from a tag of goods", async () => {
    const { report } = await played()
    const [from, ...others] = report.my_planets
    const space = { side: report.summary.size, joined: true }
    const to = others.toSorted((a, b) => apart(space, from!, a) - apart(space, from!, b))[0]!
    const page = await mapOf(`?sel=p${from!.number}&at=${from!.x},${from!.y},9`)
    await expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(8)
    const [worker, ...more] = page.workers().map((it) => new URL(it.url()).pathname)
    expect(worker).toContain("/_app/immutable/workers/")
    expect(more).toEqual([])
    const size = await page.evaluate(async (url) => (await (await fetch(url)).blob()).size, worker!)
    // Uncompressed. It draws and nothing else: neither Effect nor Svelte is in it.
    expect(size / 1_024).toBeLessThan(24)
    const { x, y, width, height } = (await page.locator("canvas").first().boundingBox())!
    const centre = { x: x + width / 2, y: y + height / 2 }
    const tag = goodsTags(radiusOf(from!.size, true, 9))[1]!
    const end = {
      x: centre.x + (near(space, from!.x, to.x) - from!.x) * 9,
      y: centre.y + (near(space, from!.y, to.y) - from!.y) * 9
    }
    await page.mouse.move(centre.x, centre.y)
    await page.mouse.move(centre.x + tag.left + 10, centre.y + tag.top + 10)
    await page.mouse.down()
    await page.mouse.move((centre.x + end.x) / 2, (centre.y + end.y) / 2)
    await page.getByText("Where does the route end (Capital)?").waitFor()
    await page.mouse.move(end.x, end.y)
    await page.mouse.up()
    await expect
      .poll(ordersNow, { timeout: 30_000 })
      .toContainEqual({ op: "route", planet: from!.number, goods: "CAP", to: to.number })
    // The camera hasn't moved: the tag was dragged, not the map.
    expect(cameraOf(new URL(page.url()).searchParams.get("at"))?.x).toBeCloseTo(from!.x, 0)
    // Where the worker fails, the page draws.
    await page.route("**/workers/*", (route) => route.fulfill({ contentType: "text/javascript", body: "throw 1" }))
    stage().expected(/Uncaught 1/)
    await page.reload()
    await expect.poll(() => colours(page), { timeout: 30_000 }).toBeGreaterThan(8)
    expect(page.workers()).toEqual([])
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
    // Another turn is looked at from where one is: the address keeps what was chosen, and where.
    const before = new URL(page.url()).searchParams
    await page.keyboard.press("[")
    await expect.poll(() => new URL(page.url()).searchParams.get("turn")).toBe(String(report.turn - 1))
    const after = new URL(page.url()).searchParams
    expect([after.get("sel"), after.get("at")]).toEqual([before.get("sel"), before.get("at")])
    await page.getByText(`You are looking at turn ${report.turn - 1}`).waitFor()
    await expect.poll(() => current.evaluate((it) => it === document.activeElement)).toBe(true)
    expect(await current.innerText()).toContain(said.split(",")[0])
  })

  it("is for everybody, and light", async () => {
    const { ada, game, report } = await played()
    // With orders it loads the engine for their forecast.
    await ada.call("user.games.order", { game_id: game.game_id, turn: game.current_turn, orders: [] })
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
