/** The style sheet's tokens as a canvas takes them. */
import type { ThemeTokens } from "../../core/map/chartScene.ts"

/** The tokens that the map is drawn with. */
const names = [
  "--space --surface --line --strong --text --muted --faint --mine --bad --warn --info --route".split(" "),
  Array.from({ length: 8 }, (_, index) => `--r${index}`)
].flat()

/** The tokens as they are now. */
export const readTheme = (element: Element): ThemeTokens => {
  const style = getComputedStyle(element)
  return {
    colours: Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim() || "#808080"])),
    font: style.fontFamily || "system-ui, sans-serif"
  }
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
