/** Two people and one game, from the first mailed code to its winners, each in a browser of their own. */
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { styleOf } from "@galaxy/engine/bot/style"
import type { TestPlayer } from "@galaxy/testkit/TestPlayer"
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { byName } from "./byName.ts"
import { screens } from "./harness.ts"

/** Long enough for both to settle more planets than they began with, which earns a race its name. */
const lastTurn = 16

screens("A whole game", (stage) => {
  const view = async (page: Page, turn: number) => {
    await page.getByText(`Turn ${turn} is ready`).first().waitFor()
    await page.getByRole("button", { name: "View now" }).click()
    await page.getByRole("banner").getByText(`Turn ${turn}`, { exact: true }).waitFor()
  }
  const saved = (page: Page) =>
    page
      .getByText(/^✓ Saved/)
      .first()
      .waitFor()

  it("is made, joined, played and won", async () => {
    const { galaxy } = stage()
    const ann = await stage().open("/")
    await stage().signIn(ann, "ann@example.org")
    await ann.getByRole("heading", { level: 1 }).waitFor()
    await byName(ann, "link", "New game").click()
    await ann.getByLabel("Name of the game").fill("To the end")
    await byName(ann, "button", "Make the game").click()
    await ann.getByRole("heading", { name: "To the end" }).waitFor()
    const id = new URL(ann.url()).pathname.split("/")[2]!
    await byName(ann, "button", "Make a link").click()
    const link = await ann.getByLabel("Link", { exact: true }).inputValue()
    const ben = await stage().open(new URL(link).pathname, { width: "phone", theme: "light" })
    await stage().signIn(ben, "ben@example.org")
    await byName(ben, "button", "Join").click()
    await ben.getByRole("dialog").getByLabel("Your race").fill("Benites")
    await ben.getByRole("dialog").getByText("Free", { exact: false }).waitFor()
    await ben.getByRole("dialog").getByRole("button", { name: "Join" }).click()
    await ben.waitForURL(`**/games/${id}`)
    await ann.reload()
    await ann.getByText("Benites").waitFor()
    await byName(ann, "button", "Start the game").click()
    await Promise.all([ann, ben].map((page) => page.waitForURL(/\/map$/)))

    // A design, what makes it, and ships that leave: by the pages, not by text.
    await ann.goto(`/games/${id}/designs`)
    const designer = ann.getByRole("region", { name: "Ship designer" })
    await designer.getByLabel("Name", { exact: true }).fill("Courier")
    await designer.getByRole("textbox", { name: "Drive" }).fill("8")
    await designer.getByRole("button", { name: "Add to the orders" }).click()
    await ann.getByText("Courier is in the orders").waitFor()
    await ann.goto(`/games/${id}/map`)
    await ann.getByRole("region", { name: "Map of the galaxy" }).waitFor()
    await ann.keyboard.press(".")
    await ann.getByRole("combobox", { name: "Makes" }).selectOption({ label: "Courier" })
    await saved(ann)
    const [annPlayer, benPlayer] = await galaxy.players("Ann", "Ben")
    const orders = async (player: TestPlayer, turn: number) =>
      (await player.call("user.games.order.get", { game_id: id, turn })).orders.map(({ op }) => op)
    await expect.poll(() => orders(annPlayer, 0), { timeout: 30_000 }).toEqual(["design_class", "produce"])

    for (let turn = 1; turn < lastTurn; turn++) {
      for (const player of [annPlayer, benPlayer]) {
        const now = { game_id: id, turn: turn - 1 }
        if (player === annPlayer && turn === 1) continue
        const report = await player.call("user.games.report", now)
        await player.call("user.games.order", { ...now, orders: botOrders(report, styleOf(report.race)) })
      }
      await galaxy.adminCall("POST", `/runtimes/${id}/force-next-turn`, { expected_turn: turn - 1 })
      await Promise.all([ann, ben].map((page) => page.getByText(`Turn ${turn} is ready`).first().waitFor()))
    }
    await view(ann, lastTurn - 1)
    await view(ben, lastTurn - 1)

    // Ships leave by keys, and Ben gives his votes away on his phone.
    await ann.keyboard.press(".")
    const report = await annPlayer.call("user.games.report", { game_id: id, turn: lastTurn - 1 })
    const here = report.my_planets.find(({ number }) =>
      report.my_groups.some(
        ({ destination, origin, speed }) => origin === undefined && destination === number && speed > 0
      )
    )!
    await ann.goto(`/games/${id}/map?sel=p${here.number}`)
    await ann
      .getByRole("heading", { level: 2, name: new RegExp(`#${here.number}\\b|${here.name}`) })
      .first()
      .waitFor()
    await ann.keyboard.press("s")
    await ann.getByText("Choose a planet.").waitFor()
    await ann.keyboard.press(".")
    await ann.keyboard.press("Enter")
    await saved(ann)
    await expect.poll(() => orders(annPlayer, lastTurn - 1), { timeout: 30_000 }).toContain("send")
    await ann.goto(`/games/${id}/races`)
    await ann.getByLabel("Vote for").selectOption(report.race)
    await ben.goto(`/games/${id}/races`)
    await ben.getByLabel("Vote for").selectOption(report.race)
    // A page that is left within milliseconds may not have kept what was chosen last.
    for (const player of [annPlayer, benPlayer]) {
      await expect.poll(() => orders(player, lastTurn - 1), { timeout: 30_000 }).toContain("vote")
    }
    await ben.goto(`/games/${id}/orders`)
    await ben.getByText(`Vote for ${report.race}`).waitFor()
    await saved(ben)

    await galaxy.adminCall("POST", `/runtimes/${id}/force-next-turn`, { expected_turn: lastTurn - 1 })
    await view(ann, lastTurn)
    await ann.getByText("You have won", { exact: true }).waitFor()
    await view(ben, lastTurn)
    await ben.getByText(`Won by ${report.race}.`).waitFor()
    for (const [page, race] of [
      [ann, report.race],
      [ben, "Benites"]
    ] as const) {
      await page.goto("/account")
      const name = page.getByRole("listitem").filter({ hasText: race })
      await name.getByText("earned in To the end", { exact: false }).waitFor()
      await page.goto(`/games/${id}/orders`)
      await page.getByText("The game is over").first().waitFor()
    }
  })
})
