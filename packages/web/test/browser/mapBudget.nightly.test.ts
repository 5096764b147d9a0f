/**
 * The map's budgets in a real game of 200 races and 2,000 planets. Times are compared with what fixed work takes in the
 * same page, so that a slow or busy machine changes little.
 */
import type { Page } from "playwright-core"
import { expect, it } from "vitest"
import { screens } from "./harness.ts"
import { chartShown, heapOf, measurePace, percentile, slownessOf, takePace } from "./mapPace.ts"

/** Milliseconds of one round. */
type Round = Readonly<Record<"shown" | "redraw" | "pan95" | "panning" | "typing", number>>

const megabyte = 1_048_576

screens("The map of 2,000 planets", (stage) => {
  const open = async (turns: number) => {
    const { galaxy } = stage()
    await galaxy.reset()
    const [ada] = await galaxy.players("Ada")
    const game = await galaxy.game([ada], { computerPlayers: 199, turns, name: "Budget" })
    const page = await stage().open("/notices", { as: "Ada" })
    // The turns have put the platform's clock ahead; and while a large turn is made, the engine may be too busy to answer.
    stage().expected(/status of (400|503)/)
    await measurePace(page)
    await page.goto(`/games/${game.game_id}/map`)
    await chartShown(page, turns)
    return { game, page, galaxy }
  }
  /** Presses at a place of the map, moves in steps, and lets go. */
  const drag = async (page: Page, dx: number, dy: number, steps: number) => {
    await page.mouse.move(600, 450)
    await page.mouse.down()
    for (let step = 1; step <= steps; step++)
      await page.mouse.move(600 + (dx * step) / steps, 450 + (dy * step) / steps)
    await page.mouse.up()
  }

  /** Looks at the turn that waits; answers the milliseconds from the click until its chart is there. */
  const viewNow = async (page: Page, turn: number) => {
    const button = page.getByRole("button", { name: /^View/ }).first()
    await button.waitFor()
    await page.evaluate(() => {
      performance.clearMarks("clicked")
      addEventListener("click", () => performance.mark("clicked"), { once: true, capture: true })
    })
    await button.click()
    const { at, took } = await chartShown(page, turn)
    const clicked = await page.evaluate(() => performance.getEntriesByName("clicked")[0]?.startTime ?? 0)
    return { shown: at - clicked, redraw: took }
  }

  it("is shown, panned and searched in time", { timeout: 300_000 }, async () => {
    const { game, page, galaxy } = await open(3)
    const rounds: Array<Round> = []
    for (const turn of [4, 5, 6]) {
      await galaxy.advanceToTurn(game, turn)
      const before = await slownessOf(page)
      const { shown, redraw } = await viewNow(page, turn)
      await takePace(page)
      for (const key of ["0", "+", "+", "+", "h", "+"]) {
        await page.keyboard.press(key)
        await drag(page, 500, 200, 25)
        await drag(page, -500, 100, 25)
      }
      const panned = await takePace(page)
      await page.keyboard.press("/")
      await page.keyboard.type("race 17")
      await page.keyboard.press("Escape")
      const typed = await takePace(page)
      const slow = (before + (await slownessOf(page))) / 2
      expect(panned.frames.length).toBeGreaterThan(100)
      rounds.push({
        shown: shown / slow,
        redraw: redraw / slow,
        pan95: percentile(panned.frames, 95) / slow,
        panning: Math.max(0, ...panned.longTasks) / slow,
        typing: Math.max(0, ...typed.longTasks) / slow
      })
    }
    console.log(rounds)
    // The best of three rounds: what else the machine does makes them longer, never shorter.
    const best = (of: keyof Round) => Math.min(...rounds.map((round) => round[of]))
    expect.soft(best("shown")).toBeLessThan(1_000)
    expect.soft(best("redraw")).toBeLessThan(120)
    expect.soft(best("pan95")).toBeLessThan(16)
    expect.soft(best("panning")).toBeLessThan(100)
    expect.soft(best("typing")).toBeLessThan(100)
    // So many races and planets are for everybody, too.
    await stage().everyLook(page)
  })

  it("holds no more after 50 turns than after 40", { timeout: 600_000 }, async () => {
    const { page } = await open(51)
    const heaps: Array<number> = []
    for (let turn = 50; turn >= 1; turn--) {
      await page.keyboard.press("BracketLeft")
      // On a busy machine so large a report may not come in time; then one asks again, as a player does.
      await chartShown(page, turn).catch(async () => {
        await page.getByRole("button", { name: "Try again" }).first().click()
        await chartShown(page, turn)
      })
      if (turn === 11 || turn === 1) heaps.push((await heapOf(page)) / megabyte)
    }
    const [after40 = 0, after50 = 0] = heaps
    console.log({ after40, after50 })
    expect.soft(after50).toBeLessThan(150)
    // The turns before are smaller, so what is held may only fall.
    expect.soft(after50).toBeLessThan(after40 + 3)
  })
})
