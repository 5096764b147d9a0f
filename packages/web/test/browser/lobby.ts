/** From an empty list of games into one: against the computer, and with a friend by a link. */
import { expect, it } from "vitest"
import { byName } from "./byName.ts"
import type { Stage } from "./harness.ts"

export const lobby = (stage: () => Stage): void => {
  it("leads in two clicks to a game against the computer", async () => {
    const page = await stage().open("/", { as: "Ada" })
    await byName(page, "button", "Play against the computer").click()
    await page.getByRole("dialog").waitFor()
    await byName(page, "button", "Start").click()
    await page.waitForURL(/\/games\/[0-9a-f-]{36}\/map$/)
    // Nobody is told that the game has started which they have just started.
    expect(await page.getByText(/has started/).count()).toBe(0)
    await page.goto("/")
    await page.getByRole("link", { name: /against the computer/ }).waitFor()
  })

  it("seats a friend by a link, who signs in on the way, and takes both to the map", async () => {
    const owner = await stage().open("/games/new", { as: "Lin" })
    await owner.getByLabel("Name of the game").fill("Friends of Lin")
    await byName(owner, "button", "Make the game").click()
    await owner.getByRole("heading", { name: "Friends of Lin" }).waitFor()
    await byName(owner, "button", "Make a link").click()
    const link = await owner.getByLabel("Link", { exact: true }).inputValue()
    expect(await byName(owner, "button", "Start the game").isDisabled()).toBe(true)

    const friend = await stage().open(new URL(link).pathname)
    await friend.waitForURL("**/signin?next=*")
    await stage().signIn(friend, "max@example.org")
    await friend.getByRole("heading", { name: "Friends of Lin" }).waitFor()
    await byName(friend, "button", "Join").click()
    const seat = friend.getByRole("dialog")
    await seat.getByText("Free", { exact: false }).waitFor()
    await seat.getByLabel("Your race").fill("Two__")
    await seat.getByText("It must begin and end with").waitFor()
    await seat.getByLabel("Your race").fill("Maxians")
    await seat.getByText("Free", { exact: false }).waitFor()
    await seat.getByRole("button", { name: "Join" }).click()
    await friend.waitForURL(/\/games\/[0-9a-f-]{36}$/)

    await owner.reload()
    await owner.getByText("Maxians").waitFor()
    await byName(owner, "button", "Start the game").click()
    await Promise.all([owner, friend].map((page) => page.waitForURL(/\/map$/)))
  })

  it("says what a bad link is, and what is wrong in a form", async () => {
    const page = await stage().open("/join/0123456789abcdef", { as: "Eve" })
    await page.getByRole("heading", { name: "This invitation doesn't work" }).waitFor()
    await page.goto("/games/new")
    await page.getByText(/^✓\s+Free$/).waitFor()
    await byName(page, "button", "Make the game").click()
    await page.getByText("Give the game a name").waitFor()
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("name")
  })

  it("comes back to a page as it was left: what was typed, and how far it was scrolled", async () => {
    const page = await stage().open("/games/new", { as: "Kim", width: "phone" })
    await page.getByLabel("Name of the game").fill("Half a name")
    await page.mouse.wheel(0, 400)
    await page.waitForFunction(() => scrollY === 400)
    const away = async () => {
      // Not by a click of the test's, which would scroll to what it clicks.
      await byName(page, "link", "Account").evaluate((link: HTMLElement) => link.click())
      await page.getByRole("heading", { name: "Devices" }).waitFor()
      await page.goBack()
    }
    for (const leave of [away, () => page.reload()]) {
      await leave()
      // The browser holds what one looks at in its place while lines above it grow.
      await page.waitForFunction(() => Math.abs(scrollY - 400) < 100)
      expect(await page.getByLabel("Name of the game").inputValue()).toBe("Half a name")
    }
  })

  it("counts by the server's time where this machine's clock is wrong, and says so once", async () => {
    const { galaxy } = stage()
    const [tim] = await galaxy.players("Tim")
    const hour = (galaxy.now().getUTCHours() + 2) % 24
    await galaxy.game([tim], { turnSchedule: `0 ${hour} * * *`, name: "Clockwork" })
    const page = await stage().open("/", { as: "Tim" })
    // What is too old or too new is refused with a signed time, and asked again by it.
    const stale = stage().expected(/status of 400 .*ExecuteCommand/)
    await page.clock.setSystemTime(galaxy.now().getTime() + 25 * 60_000)
    await page.reload()
    await page.getByText(/This device's clock is 2[45] mins? fast/).waitFor()
    const card = page.getByRole("link", { name: /Clockwork/ })
    const minutes = (text: string, unit: string) => Number(new RegExp(`(\\d+) ${unit}`).exec(text)?.[1] ?? 0)
    const said = await card.innerText()
    const left = 120 - galaxy.now().getUTCMinutes()
    expect(Math.abs(60 * minutes(said, "hr") + minutes(said, "min") - left)).toBeLessThanOrEqual(1)
    await page.reload()
    await card.waitFor()
    expect(await page.getByText("This device's clock").count()).toBe(0)
    expect(stale.length).toBeGreaterThan(0)
  })

  it("says at once that there is no network, and opens what couldn't be opened when it is back", async () => {
    const page = await stage().open("/", { as: "Ike" })
    await page.getByRole("heading", { name: "You play in no game yet" }).waitFor()
    const trouble = stage().expected(/ERR_INTERNET_DISCONNECTED|dynamically imported module|preload CSS/)
    await page.context().setOffline(true)
    await page.getByText("No network.", { exact: false }).waitFor()
    await byName(page, "link", "New game").click()
    await page.getByRole("heading", { name: "This page can't be opened at the moment" }).waitFor()
    expect(await page.getByText("A newer version").count()).toBe(0)
    await page.context().setOffline(false)
    await byName(page, "button", "Try again").click()
    await page.getByLabel("Name of the game").waitFor()
    expect(trouble.length).toBeGreaterThan(0)
  })

  it("tells who is put out of a game while they look at it", async () => {
    const { galaxy } = stage()
    const [owner, guest] = await galaxy.players("Ona", "Gil")
    const { game_id } = await owner.call("lobby.games.create", {
      game_name: "Closed Circle",
      min_players: 2,
      max_players: 3,
      turn_schedule: "0 6 * * *"
    })
    await owner.call("lobby.games.open_enrollment", { game_id })
    const { invite_id } = await owner.call("lobby.invites.issue", { game_id, invited_user_id: guest.userId })
    const { membership_id } = await guest.call("lobby.invites.redeem", { game_id, invite_id, race_name: "Gilians" })
    const page = await stage().open(`/games/${game_id}`, { as: "Gil" })
    await page.getByText("Gilians").waitFor()
    await owner.call("lobby.memberships.block", { game_id, membership_id })
    await page.getByText("You were put out of this game and can't come back.").waitFor()
    expect(await page.getByText("Gilians").count()).toBe(0)
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Closed Circle")
  })

  it("deletes an account only for who means it", async () => {
    const page = await stage().open("/account", { as: "Pat" })
    await byName(page, "button", "Delete account…").click()
    const sure = page.getByRole("button", { name: "Delete for good" })
    expect(await sure.isDisabled()).toBe(true)
    await page.getByRole("dialog").getByRole("textbox").fill("Pat@example.org")
    await sure.click()
    await page.waitForURL("**/signin*")
    await page.getByText("Your account has been deleted.").waitFor()
  })
}
