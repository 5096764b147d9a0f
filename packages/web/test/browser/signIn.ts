/** From an address to the list of games, as a person gets there; and that the harness sees what nobody would. */
import { expect, it } from "vitest"
import { byName } from "./byName.ts"
import type { Stage } from "./harness.ts"
import { shareOfDifference } from "./pictures.ts"

export const signIn = (stage: () => Stage): void => {
  it("leads from any address by a mailed code back to it", async () => {
    const page = await stage().open("/")
    await page.waitForURL("**/signin")
    await stage().signIn(page, "ada@example.org")
    await page.getByRole("heading", { level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe("/")
    expect(await page.title()).toContain("Galaxy")
    // The session outlives the page.
    await page.reload()
    await page.getByRole("heading", { level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe("/")
  })

  it("is one page for every address of the program, and none for what is missing", async () => {
    const get = async (path: string, accept = "text/html") => {
      const response = await fetch(stage().galaxy.gatewayUrl + path, { headers: { accept } })
      const kind = (response.headers.get("content-type") ?? "").split(";")[0]
      return [response.status, kind, response.headers.has("content-security-policy")]
    }
    expect(await get("/games/x?turn=1.5")).toEqual([200, "text/html", true])
    expect(await get("/api/x")).toEqual([404, "application/json", false])
    expect((await get("/_app/x.js"))[0]).toBe(404)
    expect((await get("/_app/immutable/x.js"))[0]).toBe(404)
    expect((await get("/games/x", "application/json"))[0]).toBe(404)
    const page = await stage().open("/nothing/here", { as: "Eve" })
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor()
    await page.getByRole("link", { name: "To your games" }).waitFor()
  })

  it("says that a code is wrong", async () => {
    const page = await stage().open("/signin")
    await page.locator("input[type=email]").fill("wes@example.org")
    await page.keyboard.press("Enter")
    stage().expected(/status of 400/)
    await page.locator("input[autocomplete=one-time-code]").fill("00000000")
    await page.keyboard.press("Enter")
    await page.getByRole("alert").filter({ hasText: /./ }).waitFor()
  })

  it("is for everybody, and light", async () => {
    const page = await stage().open("/signin")
    await page.locator("input[type=email]").waitFor()
    await stage().everyLook(page)
    await stage().weighs(page, "signIn")
  })

  it("ends at a list of games for everybody, and light", async () => {
    const page = await stage().open("/", { as: "Eve" })
    await page.getByRole("heading", { level: 1 }).waitFor()
    await stage().everyLook(page)
    await stage().weighs(page, "games")
  })

  it("speaks Russian to who does", async () => {
    const page = await stage().open("/signin", { language: "ru" })
    await page.getByRole("button", { name: /[а-я]/i }).first().waitFor()
    expect(await page.locator("html").getAttribute("lang")).toBe("ru")
  })

  it("opens without a network once it has been seen, and nothing but the program is kept for that", async () => {
    const page = await stage().open("/signin", { serviceWorker: true })
    await page.evaluate(() => navigator.serviceWorker.ready)
    const kept = await page.evaluate(async () => {
      const names = await caches.keys()
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
      return requests.flat().map(({ url }) => new URL(url).pathname)
    })
    expect(kept).toContain("/")
    expect(kept.filter((path) => path.endsWith(".js")).length).toBeGreaterThan(5)
    expect(kept.filter((path) => path !== "/" && !path.startsWith("/_app/immutable/"))).toEqual([])

    stage().expected(/ERR_INTERNET_DISCONNECTED/)
    await page.context().setOffline(true)
    await page.goto("/signin?next=%2Fgames%2Fnew")
    await page.locator("input[type=email]").waitFor()
    expect(await page.evaluate(() => fetch("/api/v1/public/gateway-info").then(String, () => "nothing"))).toBe(
      "nothing"
    )
  })

  it("stays signed in where a part of the program can't be loaded", async () => {
    const page = await stage().open("/", { as: "Eve" })
    const list = page.getByRole("heading", { name: "Your games" })
    await list.waitFor()
    const missing = stage().expected(/ERR_FAILED|dynamically imported module/)
    const parts = /_app\/immutable\/.*\.js$/
    await page.route(parts, async (route) => {
      const response = await route.fetch()
      // Of all parts the one that calls the server.
      await ((await response.text()).includes("user.sessions.revoke") ? route.abort() : route.fulfill({ response }))
    })
    await page.reload()
    await page.getByRole("heading", { name: "This page can't be opened at the moment" }).waitFor()
    expect(missing.length).toBeGreaterThan(0)
    await page.unroute(parts)
    await byName(page, "button", "Try again").click()
    await list.waitFor()
  })

  it("has no drafts left of who signed out long ago, whoever comes", async () => {
    const page = await stage().open("/signin")
    const kept = (write: ReadonlyArray<readonly [user: string, until: number]>) =>
      page.evaluate(async (users) => {
        const all: Record<string, ReadonlyArray<unknown>> = {}
        for (const user of ["ann", "bob"]) {
          const opening = indexedDB.open(`galaxy-games-${user}`)
          opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore("kept"))
          await new Promise((done) => opening.addEventListener("success", done))
          const store = opening.result.transaction("kept", "readwrite").objectStore("kept")
          for (const [, until] of users.filter(([name]) => name === user)) {
            store.put(until, "drafts-until")
            store.put({}, "draft:g")
          }
          const asked = store.getAllKeys()
          await new Promise((done) => asked.addEventListener("success", done))
          all[user] = asked.result
          opening.result.close()
        }
        return all
      }, write)
    const now = stage().galaxy.now().getTime()
    await kept([
      ["ann", now - 60_000],
      ["bob", now + 3_600_000]
    ])
    await page.reload()
    await expect.poll(() => kept([])).toEqual({ ann: [], bob: ["draft:g", "drafts-until"] })
  })

  it("offers to load a newer build, when there is one or a part of this one is gone", async () => {
    const page = await stage().open("/signin")
    const offer = page.getByRole("button", { name: "Reload" })
    await page.locator("input[type=email]").waitFor()
    expect(await offer.count()).toBe(0)
    await page.route("**/_app/version.json", (route) => route.fulfill({ json: { version: "another" } }))
    await page.evaluate(() => dispatchEvent(new Event("focus")))
    await offer.click()
    await page.locator("input[type=email]").waitFor()
    await page.unroute("**/_app/version.json")
    expect(await offer.count()).toBe(0)

    stage().expected(/status of 404|dynamically imported module/)
    await page.route("**/_app/immutable/chunks/*", (route) => route.fulfill({ status: 404 }))
    await page.locator("select").selectOption("ru")
    await offer.waitFor()
  })

  it("looks other when something is other, and the same when nothing is", async () => {
    const { browser } = stage()
    const page = await stage().open("/signin", { width: "phone" })
    await page.locator("input[type=email]").waitFor()
    const picture = () => page.screenshot({ animations: "disabled", caret: "hide" })
    const before = await picture()
    expect(await shareOfDifference(browser, before, await picture())).toBe(0)
    await page.locator("input[type=email]").fill("somebody@example.org")
    const share = await shareOfDifference(browser, before, await picture())
    expect(share).toBeGreaterThan(0.0005)
    expect(share).toBeLessThan(0.1)
    await page.setViewportSize({ width: 400, height: 844 })
    expect(await shareOfDifference(browser, before, await picture())).toBe(1)
  })

  it("is where no script gets in from elsewhere, and every attempt is seen", async () => {
    const page = await stage().open("/signin")
    await page.locator("input[type=email]").waitFor()
    const seen = stage().expected(/^policy:|^console: .*(Content Security Policy|Trusted(HTML|Script)|Fetch API)/i)
    const attempts = await page.evaluate(async () => {
      const refused = (run: () => unknown) => {
        try {
          run()
          return false
        } catch {
          return true
        }
      }
      document.body.setAttribute("style", "color: red")
      const script = document.createElement("script")
      const isTrusted = refused(() => {
        script.textContent = "globalThis.broken = true"
      })
      document.body.append(script)
      const away = await fetch("https://example.org/").then(
        () => false,
        () => true
      )
      return [isTrusted, refused(() => (document.body.innerHTML = "<b>")), away, "broken" in globalThis]
    })
    expect(attempts).toEqual([true, true, true, false])
    for (const directive of ["style-src-attr", "require-trusted-types-for", "connect-src"]) {
      await expect.poll(() => seen.join("\n")).toContain(`policy: ${directive} refused`)
    }
  })
}
