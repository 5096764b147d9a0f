/**
 * Screens in a real browser against the real platform: one of each for a file of tests, and a new context, which is a new
 * person's browser, for each page that a test opens.
 *
 * A test fails when anything went wrong in its pages that nobody saw: an error of a script or of the console, or a breach
 * of the page's policy.
 */
import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { type StartOptions, startGalaxy, type TestGalaxy } from "@galaxy/testkit/startGalaxy"
import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest"
import { axe, type Scope } from "./axe.ts"
import { executable, launch } from "./chromium.ts"
import { problemOf, still } from "./pictures.ts"
import { mailedCode, putSession } from "./signedIn.ts"
import { Trouble, watch } from "./trouble.ts"
import { reckonedIn, weightOf } from "./weight.ts"
import { type Wire, wire } from "./wire.ts"

/** How a page is looked at. */
export interface Look {
  readonly width: "desktop" | "phone"
  readonly theme: "dark" | "light"
}

/** Structure depends on the width, and colours on the theme: both looks of a width need to be searched for these alone. */
const looks: ReadonlyArray<Look & { readonly scope: Scope }> = [
  { width: "desktop", theme: "dark", scope: "all" },
  { width: "desktop", theme: "light", scope: "contrast" },
  { width: "phone", theme: "light", scope: "all" },
  { width: "phone", theme: "dark", scope: "contrast" }
]

/** Each width and each theme once, which is what every change is tested with; the night has all four. */
const searched = process.env["GALAXY_TEST_LOOKS"] === "four" ? looks : looks.filter(({ scope }) => scope === "all")

/** Whose browser it is, and what it is like; a desktop in the dark that speaks English, and nobody's, where left out. */
export interface Visit extends Partial<Look> {
  readonly language?: "en" | "ru"
  /** A player who is signed in already, by the name of `galaxy.players`: their address is at example.org. */
  readonly as?: string
  /** Lets the service worker start, which loads all of the program; otherwise there is none. */
  readonly serviceWorker?: true
  /** The first administrator on the backend's own address, with the name and password that the browser is asked for. */
  readonly admin?: true
  /** The network between this browser and the gateway, where a test directs it: one that `network` has made. */
  readonly via?: Wire
}

/** What a test has. */
export interface Stage {
  readonly galaxy: TestGalaxy
  readonly browser: Browser
  /** Opens an address, such as `/games`, in a browser of its own. */
  readonly open: (path: string, visit?: Visit) => Promise<Page>
  /** A network for browsers that are opened with it. */
  readonly network: () => Promise<Wire>
  /** Signs in on the sign-in page with the code from the mail, as a person does. */
  readonly signIn: (page: Page, email: string) => Promise<void>
  /**
   * Checks the page as it is now at both widths and in both themes, at night in each with each: axe finds nothing, and
   * nobody scrolls sideways. The theme must be the system's, as it is unless the test has chosen another.
   */
  readonly everyLook: (page: Page) => Promise<void>
  /** Compares the page in every look with its stored pictures; what is different each time is `hidden`. */
  readonly pictures: (page: Page, name: string, hidden?: ReadonlyArray<Locator>) => Promise<void>
  /** Checks that this page, just opened, has loaded what the build reckons for its screen, whose bounds other tests hold. */
  readonly weighs: (page: Page, screen: "signIn" | "games" | "map") => Promise<void>
  /** The test doesn't fail for what goes wrong and fits, now or later; returns the list of it, which grows. */
  readonly expected: (trouble: RegExp) => ReadonlyArray<string>
}

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const languages = { en: "en-GB", ru: "ru-RU" }

/** Longest wait for something on a page; a busy machine takes seconds for what takes milliseconds elsewhere. */
const patienceMs = 90_000

/** Longest start, with a build of the page that has to wait for another one. */
const startMs = 600_000

const web = join(import.meta.dirname, "../..")
const dist = join(web, "dist")
const consoleDist = join(web, "dist-admin")

/** From this difference on the platform's clock has been moved; a call that is signed by another one is refused first. */
const movedMs = 10_000

const stale = /status of 400 .*(ExecuteCommand|SubscribeEvents)/

/** Runs in pages: their clock goes so many milliseconds ahead, as that of a device on the platform's time does. */
const shiftClock = (millis: number): void => {
  const shifted = new Proxy(Date, {
    construct: (real, args: []) => (args.length === 0 ? new real(real.now() + millis) : new real(...args)),
    get: (real, key) => (key === "now" ? () => real.now() + millis : Reflect.get(real, key, real))
  })
  globalThis.Date = shifted
}

/** Builds the page, unless that has been done: `npm run build` and `npm start` do it too. */
const build = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(web, "../../scripts/web/build.ts")], { timeout: 300_000 })
}

class Theatre implements Stage {
  #open: Array<BrowserContext> = []
  #networks: Array<Wire> = []
  #trouble = new Trouble()
  readonly browser: Browser
  readonly galaxy: TestGalaxy

  constructor(browser: Browser, galaxy: TestGalaxy) {
    this.browser = browser
    this.galaxy = galaxy
  }

  async open(
    path: string,
    { admin, as, language = "en", serviceWorker, theme = "dark", via, width = "desktop" }: Visit = {}
  ): Promise<Page> {
    const context = await this.browser.newContext({
      baseURL: admin === true ? this.galaxy.backendUrl : this.galaxy.gatewayUrl,
      colorScheme: theme,
      hasTouch: width === "phone",
      ...(admin === true
        ? { httpCredentials: { username: this.galaxy.admin.user, password: this.galaxy.admin.password } }
        : {}),
      locale: languages[language],
      ...(via === undefined ? {} : { proxy: { server: via.url } }),
      reducedMotion: "reduce",
      serviceWorkers: serviceWorker === true ? "allow" : "block",
      timezoneId: "Europe/Berlin",
      viewport: sizes[width]
    })
    context.setDefaultTimeout(patienceMs)
    this.#open.push(context)
    await watch(context, this.#trouble)
    // The browser asks for a name only where it was refused without one.
    if (admin === true) this.#trouble.expect(/status of 401/)
    const aheadMs = this.galaxy.now().getTime() - Date.now()
    if (Math.abs(aheadMs) > movedMs) await context.addInitScript(shiftClock, aheadMs)
    const page = await context.newPage()
    if (as !== undefined) await putSession(this.galaxy, page, as)
    await page.goto(path)
    return page
  }

  async network(): Promise<Wire> {
    const made = await wire()
    this.#networks.push(made)
    return made
  }

  async signIn(page: Page, email: string): Promise<void> {
    const old = this.galaxy.mails(email)
    await page.locator("input[type=email]").fill(email)
    await page.keyboard.press("Enter")
    const field = page.locator("input[autocomplete=one-time-code]")
    await field.waitFor()
    await field.fill(await mailedCode(this.galaxy, email, old))
    await page.keyboard.press("Enter")
    await page.waitForURL((url) => url.pathname !== "/signin")
  }

  /** Shows the page in each of the looks, and as it was in the end. */
  async #each(page: Page, shown: typeof looks, run: (look: (typeof looks)[number]) => Promise<void>): Promise<void> {
    const { colorScheme, viewport } = await page.evaluate(() => ({
      colorScheme: matchMedia("(prefers-color-scheme: dark)").matches ? ("dark" as const) : ("light" as const),
      viewport: { width: innerWidth, height: innerHeight }
    }))
    for (const look of shown) {
      await page.setViewportSize(sizes[look.width])
      await page.emulateMedia({ colorScheme: look.theme })
      await run(look)
    }
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
  }

  everyLook(page: Page): Promise<void> {
    return this.#each(page, searched, async ({ scope, theme, width }) => {
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const)
      expect.soft(await axe(page, scope), `${width}, ${theme}`).toEqual([])
      expect.soft(content, `width of the content: ${width}, ${theme}`).toBeLessThanOrEqual(window)
    })
  }

  pictures(page: Page, name: string, hidden: ReadonlyArray<Locator> = []): Promise<void> {
    return this.#each(page, looks, async ({ theme, width }) => {
      const picture = await still(page, hidden)
      expect.soft(await problemOf(this.browser, `${name}-${width}-${theme}`, picture)).toBeUndefined()
    })
  }

  async weighs(page: Page, screen: "signIn" | "games" | "map"): Promise<void> {
    const [loaded, reckoned] = [await weightOf(page, dist), reckonedIn(dist, screen)]
    for (const kind of ["js", "css"] as const) {
      expect
        .soft(Math.abs(loaded[kind] - reckoned[kind]), `${screen}: ${kind}, reckoned ${reckoned[kind]}`)
        .toBeLessThan(1)
    }
    expect.soft(loaded.fonts).toBeGreaterThan(0)
    expect.soft(loaded.fonts).toBeLessThanOrEqual(reckoned.fonts)
  }

  expected(trouble: RegExp): ReadonlyArray<string> {
    return this.#trouble.expect(trouble)
  }

  /** Closes what the test has opened, and fails with what went wrong in it. */
  async clear(): Promise<void> {
    const [opened, { all }] = [this.#open, this.#trouble]
    this.#open = []
    this.#trouble = new Trouble()
    await Promise.all(opened.map((context) => context.close()))
    await Promise.all(this.#networks.splice(0).map((it) => it.close()))
    const isMoved = Math.abs(this.galaxy.now().getTime() - Date.now()) > movedMs
    expect(all.filter((it) => !isMoved || !stale.test(it))).toEqual([])
  }
}

/** A group of tests with a stage of their own. Without a browser they are skipped; in CI there must be one. */
export const screens = (name: string, tests: (stage: () => Stage) => void, options: StartOptions = {}): void => {
  describe.skipIf(executable === undefined)(name, () => {
    let browser: Browser | undefined
    let theatre: Theatre | undefined
    beforeAll(async () => {
      await build()
      browser = await launch()
      theatre = new Theatre(
        browser,
        await startGalaxy({
          ...options,
          // One player opens a page after the other in a file of tests.
          backend: {
            console: { folder: consoleDist },
            auth: { throttleLimit: 50, mailsPerHour: 50 },
            ...options.backend
          },
          gateway: { page: { folder: dist }, ...options.gateway }
        })
      )
    }, startMs)
    afterEach(() => theatre?.clear())
    afterAll(async () => {
      await browser?.close()
      await theatre?.galaxy.close()
    })
    tests(() => {
      if (theatre === undefined) throw new Error("the stage is there once the tests run")
      return theatre
    })
  })
}
