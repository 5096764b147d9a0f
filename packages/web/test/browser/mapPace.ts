/** Measures of a page at work, taken in the page itself, and of a fixed piece of work that tells how fast the machine is. */
import type { Page } from "playwright-core"

/** What a page took since `reset`, in milliseconds. */
export interface Pace {
  /** Script time of every animation frame. */
  readonly frames: ReadonlyArray<number>
  /** Tasks that kept the page from answering for longer than 50. */
  readonly longTasks: ReadonlyArray<number>
}

interface Measured {
  frames: Array<number>
  longTasks: Array<number>
}

/** Runs before the page's own scripts. */
const install = () => {
  const measured: Measured = { frames: [], longTasks: [] }
  Object.assign(globalThis, { galaxyPace: measured })
  const ask = globalThis.requestAnimationFrame.bind(globalThis)
  globalThis.requestAnimationFrame = (run) =>
    ask((now) => {
      const started = performance.now()
      run(now)
      measured.frames.push(performance.now() - started)
    })
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) measured.longTasks.push(duration)
  }).observe({ type: "longtask" })
}

/** Measures every document that the page opens from now on. */
export const measurePace = async (page: Page): Promise<void> => {
  await page.addInitScript(install)
}

/** What was measured since the last call. */
export const takePace = (page: Page): Promise<Pace> =>
  page.evaluate(() => {
    const measured = (globalThis as unknown as { readonly galaxyPace: Measured }).galaxyPace
    const taken = { frames: [...measured.frames], longTasks: [...measured.longTasks] }
    measured.frames.length = 0
    measured.longTasks.length = 0
    return taken
  })

/** Milliseconds of the fixed work on a machine of the kind that budgets were made for, with nothing else to do. */
const usualMs = 16

/**
 * How much slower than usual this machine is now, at least 1: the median of several runs of fixed work of the kind that
 * the page does, which makes objects, sorts and formats them.
 */
export const slownessOf = async (page: Page): Promise<number> => {
  const times = await page.evaluate(() =>
    Array.from({ length: 9 }, () => {
      const started = performance.now()
      const rows = Array.from({ length: 12_000 }, (_, index) => ({ id: index, key: `${(index * 7_919) % 12_007}` }))
      const text = rows
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .map(({ id, key }) => `${key}:${id}`)
        .join(" ")
      return text.length > 0 ? performance.now() - started : 0
    })
  )
  return Math.max(1, (times.toSorted((a, b) => a - b)[4] ?? 0) / usualMs)
}

/** The value below which so many of 100 lie. */
export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * share) / 100))] ?? 0

/** The mark of the chart that is shown: its turn, when it came, and how long it took to draw. */
export const chartShown = (page: Page, turn: number): Promise<{ readonly at: number; readonly took: number }> =>
  page
    .waitForFunction(
      (wanted) => {
        const mark = performance.getEntriesByName("galaxy:chart").at(-1) as PerformanceMark | undefined
        const detail = mark?.detail as { readonly turn: number; readonly took: number } | undefined
        return mark !== undefined && detail?.turn === wanted ? { at: mark.startTime, took: detail.took } : undefined
      },
      turn,
      { polling: 20 }
    )
    .then((it) => it.jsonValue() as Promise<{ readonly at: number; readonly took: number }>)

/** Bytes of the page's heap that are in use once what nobody needs is collected. */
export const heapOf = async (page: Page): Promise<number> => {
  const cdp = await page.context().newCDPSession(page)
  // What the first collection frees may hold more.
  await cdp.send("HeapProfiler.collectGarbage")
  await cdp.send("HeapProfiler.collectGarbage")
  const { usedSize } = await cdp.send("Runtime.getHeapUsage")
  await cdp.detach()
  return usedSize
}
