/** The style sheet's tokens as a canvas takes them. */
import type { Paint } from "../../core/map/paint.ts"

/** Colours by token, each as `#rrggbb`, and the page's font. */
export interface MapTheme {
  readonly get: (token: string) => string
  readonly font: string
}

const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16)

/** The tokens as they are now. */
export const readTheme = (element: Element): MapTheme => {
  const style = getComputedStyle(element)
  const known = new Map<string, string>()
  return {
    get: (token) => {
      const there = known.get(token)
      if (there !== undefined) return there
      const value = style.getPropertyValue(token).trim() || "#808080"
      known.set(token, value)
      return value
    },
    font: style.fontFamily || "system-ui, sans-serif"
  }
}

/** A colour of so much opacity, from 0 to 1. */
export const faded = (colour: string, opacity: number): string =>
  `${colour.slice(0, 7)}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`

/** A paint as a colour. */
export const colourOf = (theme: MapTheme, { token, with: other, share }: Paint): string => {
  const a = theme.get(token)
  if (share === 0) return a
  const b = theme.get(other)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(a, at) * (1 - share) + channel(b, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`
}

/** Calls `run` whenever the tokens change: by the player's choice, or with the device. */
export const onTheme = (run: () => void): (() => void) => {
  const observer = new MutationObserver(run)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] })
  const media = matchMedia("(prefers-color-scheme: light)")
  media.addEventListener("change", run)
  return () => {
    observer.disconnect()
    media.removeEventListener("change", run)
  }
}

/** Calls `run` whenever a CSS pixel gets another number of device pixels: on another screen, or by the browser's zoom. */
export const onDensity = (run: () => void): (() => void) => {
  let media: MediaQueryList | undefined
  const follow = () => {
    media?.removeEventListener("change", changed)
    media = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
    media.addEventListener("change", changed)
  }
  const changed = () => {
    follow()
    run()
  }
  follow()
  return () => media?.removeEventListener("change", changed)
}
