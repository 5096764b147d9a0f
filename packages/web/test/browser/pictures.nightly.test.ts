/** What the main screens look like, in pictures that are stored. HACKING says how to renew them. */
import { expect, it } from "vitest"
import { byName } from "./byName.ts"
import { screens } from "./harness.ts"
import { writeOrders } from "./orders.ts"

/** Turns in peace, and those after everybody has declared war on everybody: there are ships wherever others live. */
const peace = 16
const turns = peace + 2

/** One turn a week, so that no countdown changes while pictures are taken. */
const turnSchedule = "0 6 * * 1"

screens(
  "Pictures",
  (stage) => {
    it("of what is outside a game", async () => {
      const door = await stage().open("/signin")
      await door.locator("input[type=email]").waitFor()
      await stage().pictures(door, "sign-in")

      const owner = await stage().open("/games/new", { as: "Lin" })
      await owner.getByLabel("Name of the game").fill("Friends of Lin")
      await owner
        .getByText(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/)
        .first()
        .waitFor()
      await stage().pictures(owner, "new-game", [owner.getByLabel("Your race", { exact: false })])
      await owner.getByLabel("Your race", { exact: false }).first().fill("Linnets")
      await byName(owner, "button", "Make the game").click()
      await owner.getByRole("heading", { name: "Friends of Lin" }).waitFor()
      await byName(owner, "button", "Make a link").click()
      const link = owner.getByLabel("Link", { exact: true })
      await link.waitFor()
      await stage().pictures(owner, "hall", [
        link,
        owner.getByText(/^[0-9a-z]{4}(-[0-9a-z]{4})+$/i),
        owner.getByText(/^[a-z]+-\d{5}$/)
      ])
      await owner.goto("/account")
      await owner.getByText("this one").waitFor()
      await stage().pictures(owner, "account", [owner.getByText(/^[a-z]+-\d{5}$/), owner.getByLabel("Shown name")])
    })

    it("of a game that has been played for a while", async () => {
      const { galaxy } = stage()
      // Names of computer players are drawn anew each time.
      const players = await galaxy.players("Ada", "Max", "Ida", "Ben", "Una")
      const [ada] = players
      const game = await galaxy.game(players, { turns: peace, turnSchedule, name: "Orion Reach" })
      for (const { call, name } of players) {
        await call("user.games.order", {
          game_id: game.game_id,
          turn: peace,
          orders: [{ op: "war", race: `Race_${name}` }]
        })
      }
      await galaxy.advanceToTurn(game, turns)
      const id = game.game_id
      const page = await stage().open("/", { as: "Ada" })
      await page.getByRole("link", { name: /Orion Reach/ }).waitFor()
      await stage().pictures(page, "games")
      const report = await ada.call("user.games.report", { game_id: id, turn: turns })
      const planet = report.my_planets[0]!.number
      await page.goto(`/games/${id}/orders`)
      await page.getByText(/^✓ Saved/).waitFor()
      await writeOrders(page, `P ${planet} CAP\nV Nobody`)
      await page.getByText("No race has this name").waitFor()
      await page.getByText(/^✓ Saved/).waitFor()
      await page.reload()
      await page.getByText("✓ Saved", { exact: true }).waitFor()
      await stage().pictures(page, "orders")
      await page.goto(`/games/${id}/map?sel=p${planet}`)
      await page.getByRole("region", { name: "Map of the galaxy" }).waitFor()
      await page.getByRole("combobox", { name: "Makes" }).waitFor()
      await page.getByText("✓ Saved", { exact: true }).waitFor()
      await stage().pictures(page, "map")
      for (const path of ["planets", "ships", "designs", "races", "report", "archive"]) {
        await page.goto(`/games/${id}/${path}`)
        await page.getByRole("heading", { level: 1 }).waitFor()
        await page.getByRole("link", { name: "Orders saved" }).waitFor()
        await stage().pictures(page, path)
      }
      for (let turn = turns; turn > 0; turn--) {
        const { battles } = await ada.call("user.games.report", { game_id: id, turn })
        if (battles.length === 0) continue
        await page.goto(`/games/${id}/battles/${turn}/0`)
        await page.getByRole("heading", { level: 1 }).waitFor()
        // It is of an earlier turn than the newest, and the bar says which.
        expect(turn).toBeLessThan(turns)
        await page.getByRole("banner").getByText(`Turn ${turn}`, { exact: true }).waitFor()
        await page.getByRole("link", { name: "Orders saved" }).waitFor()
        await stage().pictures(page, "battle")
        await page.getByRole("link", { name: `Back to turn ${turns}` }).click()
        await page.getByRole("heading", { name: `Turn ${turns}` }).waitFor()
        break
      }
    })
  },
  { startAt: "2026-03-02T06:00:05Z", seed: "pictures" }
)
