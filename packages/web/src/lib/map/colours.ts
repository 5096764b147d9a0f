/** Colours of the style sheet's tokens, as a canvas takes them. */
import type { ThemeTokens } from "../../core/map/chartScene.ts"
import type { Paint } from "../../core/map/paint.ts"

/** The colour of a token. */
export const colourAt = ({ colours }: ThemeTokens, token: string): string => colours[token] ?? "#808080"

const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16)

/** A colour of so much opacity, from 0 to 1. */
export const faded = (colour: string, opacity: number): string =>
  `${colour.slice(0, 7)}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, "0")}`

/** A paint as a colour. */
export const colourOf = (theme: ThemeTokens, { token, with: other, share }: Paint): string => {
  const a = colourAt(theme, token)
  if (share === 0) return a
  const b = colourAt(theme, other)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(a, at) * (1 - share) + channel(b, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`
}
