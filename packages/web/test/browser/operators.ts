/** The operators' console: what it shows, a change from its trial to the audit log, and who may not make one. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Page } from "playwright-core"
import { expect, it, onTestFinished } from "vitest"
import { axe } from "./axe.ts"
import type { Stage } from "./harness.ts"

/** Sections, with what is in each once a game has begun. */
const sections = {
  Overview: /takes writes/,
  Games: "Watched",
  Runtimes: "0.1.0",
  Machines: /^answers/,
  Players: /^gus|free/,
  Mails: "auth.login_code",
  "Audit log": "game.create"
} as const

export const operators = (stage: () => Stage): void => {
  const begin = async () => {
    const { galaxy } = stage()
    const [gus] = await galaxy.players("Gus")
    const game = await galaxy.publicGame([gus], { name: "Watched", computerPlayers: 1 })
    return { game, page: await stage().open("/admin/", { admin: true }) }
  }
  const go = (page: Page, section: string) =>
    page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: section, exact: true }).click()

  it("shows games, runtimes, players, mails and the audit log to who knows the password", async () => {
    const { page } = await begin()
    for (const [section, shown] of Object.entries(sections)) {
      await go(page, section)
      await page.getByRole("heading", { level: 1, name: section }).waitFor()
      await page.getByRole("main").getByText(shown).first().waitFor()
      expect.soft(await axe(page), section).toEqual([])
      expect.soft(await page.title()).toContain(section)
    }
    await go(page, "Games")
    await page.getByLabel("Name begins with").fill("nothing of the kind")
    await page.keyboard.press("Enter")
    await page.getByText("No games match.").waitFor()
    await page.getByLabel("Name begins with").fill("watch")
    await page.keyboard.press("Enter")
    await page.getByRole("link", { name: "Watched" }).first().click()
    await page.getByText("Race_Gus").waitFor()
    await stage().everyLook(page)

    const { backendUrl } = stage().galaxy
    const stranger = await stage().browser.newContext()
    try {
      const asked = await stranger.request.get(`${backendUrl}/api/v1/admin/games`)
      expect(asked.status()).toBe(401)
      expect(asked.headers()["www-authenticate"]).toMatch(/^Basic /)
    } finally {
      await stranger.close()
    }
  })

  it("tries a change before it is made, and keeps both in the audit log", async () => {
    const { game, page } = await begin()
    await page.goto(`/admin/#/games/${game.game_id}`)
    await page.getByRole("button", { name: "Make the next turn now" }).click()
    const dialog = page.getByRole("dialog", { name: "Make the next turn now" })
    await dialog.getByRole("textbox").fill("the players have asked")
    await dialog.getByRole("button", { name: "Check" }).click()
    await dialog.getByText("What would happen").waitFor()
    await dialog.getByText("engine: turn", { exact: false }).first().waitFor()
    await stage().everyLook(page)
    const { galaxy } = stage()
    const turn = async () =>
      (await galaxy.adminCall<{ current_turn: number }>("GET", `/games/${game.game_id}`)).current_turn
    expect(await turn()).toBe(0)
    await dialog.getByRole("button", { name: "Do it" }).click()
    await page.getByText("Done: Make the next turn now").waitFor()
    await expect.poll(turn, { timeout: 30_000 }).toBe(1)
    await page.getByRole("link", { name: "Audit log of this game" }).click()
    const rows = page.getByRole("row").filter({ hasText: "the players have asked" })
    await rows.nth(1).waitFor()
    const told = await rows.allInnerTexts()
    expect(told.filter((it) => it.includes("runtime.force_next_turn"))).toHaveLength(2)
    expect(told.filter((it) => it.includes("(tried)"))).toHaveLength(1)

    await page.goto(`/admin/#/games/${game.game_id}`)
    await page.getByRole("button", { name: "Cancel the game" }).click()
    const cancel = page.getByRole("dialog", { name: "Cancel the game" })
    expect(await cancel.getByRole("button", { name: "Check" }).isDisabled()).toBe(true)
    await cancel.getByRole("textbox").fill("nobody plays")
    await cancel.getByRole("button", { name: "Check" }).click()
    expect(await cancel.getByRole("button", { name: "Do it" }).isDisabled()).toBe(true)
    await cancel.getByLabel("Type Watched").fill("Watched")
    await cancel.getByRole("button", { name: "Do it" }).click()
    await page.getByText("cancelled", { exact: true }).first().waitFor()
  })

  it("shows backends and hosts of engines, and drains one of several", async () => {
    const { page } = await begin()
    const { galaxy } = stage()
    interface Hosts {
      readonly engine_hosts: ReadonlyArray<{ readonly host_id: string; readonly draining: boolean }>
    }
    const own = async () => (await galaxy.adminCall<Hosts>("GET", "/engine-hosts")).engine_hosts[0]
    const name = (await own())?.host_id ?? ""
    await go(page, "Machines")
    await page.getByText("One backend works alone on this database.").waitFor()
    // There is nowhere to move games to.
    await page.getByRole("cell", { name, exact: true }).waitFor()
    expect(await page.getByRole("button", { name: /^Drain/ }).count()).toBe(0)

    // Beside the host of this platform, two more that it doesn't have; and two backends.
    const seen = "2026-03-01T06:00:00.000Z"
    const trouble = "the Docker daemon can't be reached: connect ECONNREFUSED 10.0.0.5:2376"
    const more = [
      {
        host_id: "beta",
        in_settings: true,
        draining: true,
        games: 3,
        games_bound: 1,
        most: 400,
        seen_at: seen,
        trouble
      },
      { host_id: "gone", in_settings: false, draining: false, games: 0, games_bound: 0 }
    ].map((it) => ({ ...it, answers: false }))
    await page.route("**/api/v1/admin/engine-hosts", async (route) => {
      const response = await route.fetch()
      const { engine_hosts } = (await response.json()) as Hosts
      await route.fulfill({ response, json: { engine_hosts: [...engine_hosts, ...more] } })
    })
    const backend = { heartbeat_at: seen, started_at: seen, release: "0.1.0" }
    const backends = [
      { ...backend, address: "10.0.0.1:7070", healthy: true, answering: true, games: 12 },
      { ...backend, address: "10.0.0.2:7070", healthy: false, answering: false }
    ]
    await page.route("**/api/v1/admin/backends", (route) => route.fulfill({ json: { backends } }))
    await page.getByRole("button", { name: "Look again" }).click()
    const row = (text: string) => page.getByRole("row").filter({ hasText: text })
    await row("10.0.0.1:7070").getByText("answers here").waitFor()
    await row("10.0.0.2:7070").getByText("lost").waitFor()
    await row("beta").getByText("silent, drained").waitFor()
    await row("beta").getByText("3 of 400, 1 bound").waitFor()
    await row("beta").getByText("ECONNREFUSED").waitFor()
    await row("gone").getByText("in no settings").waitFor()
    await row("gone").getByRole("button", { name: "Forget gone" }).waitFor()
    await stage().everyLook(page)

    const act = async (label: string) => {
      await page.getByRole("button", { name: label }).click()
      const dialog = page.getByRole("dialog", { name: label })
      await dialog.getByRole("textbox").fill("a new disk")
      await dialog.getByRole("button", { name: "Check" }).click()
      await dialog.getByText("What would happen").waitFor()
      return dialog
    }
    const dialog = await act(`Drain ${name}`)
    expect((await own())?.draining).toBe(false)
    await dialog.getByRole("button", { name: "Do it" }).click()
    await page.getByText(`Done: Drain ${name}`).waitFor()
    expect((await own())?.draining).toBe(true)
    await row(name).getByText("answers, drained").waitFor()
    await (await act(`Use again: ${name}`)).getByRole("button", { name: "Do it" }).click()
    await page.getByText(`Done: Use again: ${name}`).waitFor()
    expect((await own())?.draining).toBe(false)
    await go(page, "Audit log")
    await page
      .getByRole("row")
      .filter({ hasText: "engine_host.undrain" })
      .filter({ hasText: "a new disk" })
      .first()
      .waitFor()
  })

  it("obeys no page of another origin, and is shown in no frame", async () => {
    const { game, page } = await begin()
    await page.getByText(/takes writes/).waitFor()
    const { backendUrl } = stage().galaxy
    const stop = `${backendUrl}/api/v1/admin/games/${game.game_id}/force-stop`
    stage().expected(/status of 403|frame-ancestors|ERR_BLOCKED_BY_RESPONSE/)
    const other = createServer((_, response) => {
      response.setHeader("content-type", "text/html")
      response.end("<!doctype html><link rel=icon href=data:,><title>Elsewhere</title>")
    })
    await new Promise<void>((listening) => void other.listen(0, "127.0.0.1", listening))
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const origins = [`http://127.0.0.1:${port}/`, `http://localhost:${port}/`]
    for (const origin of origins) {
      await page.goto(origin)
      // Its answer isn't shown to the page in any case.
      const call = (url: string) =>
        fetch(url, { method: "POST", mode: "no-cors", credentials: "include", body: "{}" }).then(
          () => undefined,
          () => undefined
        )
      await page.evaluate(call, stop)
      const [form] = await Promise.all([
        page.waitForResponse((it) => it.url() === stop && it.request().isNavigationRequest()),
        page.waitForEvent("load"),
        page.evaluate((url) => {
          const it = document.body.appendChild(document.createElement("form"))
          Object.assign(it, { action: url, method: "post", enctype: "text/plain" })
          it.submit()
        }, stop)
      ])
      expect(form.status(), `a form of ${origin}`).toBe(403)
    }
    await page.goto(origins[1]!)
    const [shell] = await Promise.all([
      page.waitForResponse(`${backendUrl}/admin/`),
      page.evaluate(
        (url) => void (document.body.appendChild(document.createElement("iframe")).src = url),
        `${backendUrl}/admin/`
      )
    ])
    expect(shell.headers()["content-security-policy"]).toContain("frame-ancestors 'none'")
    await expect.poll(() => page.frames().at(-1)?.url()).toMatch(/^chrome-error:/)
    const now = await stage().galaxy.adminCall<{ status: string }>("GET", `/games/${game.game_id}`)
    expect(now.status).toBe("running")
  })
}
