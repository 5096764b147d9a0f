/** How far a page was scrolled comes back with its history entry, also where its content comes later than the page. */
import { snapshot } from "$app/navigation"

/** Longest wait for the content that one had scrolled to, in milliseconds. */
const patienceMs = 5_000

/** What a person does who wants to be elsewhere. */
const own = ["wheel", "touchstart", "pointerdown", "keydown"] as const

/** Call it once, where pages are laid out. The browser's own way is to scroll at once, however short the page still is. */
export const keepScroll = (): void => {
  let stop = () => {}

  const reach = (top: number) => {
    stop()
    const room = () => document.documentElement.scrollHeight - innerHeight
    if (top === 0 || room() >= top) return scrollTo({ top, behavior: "instant" })
    const seen = new ResizeObserver(() => {
      if (room() < top) return
      scrollTo({ top, behavior: "instant" })
      stop()
    })
    const timer = setTimeout(() => stop(), patienceMs)
    stop = () => {
      seen.disconnect()
      clearTimeout(timer)
      for (const kind of own) removeEventListener(kind, stop)
    }
    for (const kind of own) addEventListener(kind, stop, { passive: true })
    seen.observe(document.body)
  }

  snapshot({ id: "scroll", capture: () => Math.round(scrollY), restore: reach, reset: () => stop() })
}
