/** Names of planets, each where it covers nothing. */
import { type Box, type LabelWish, placeLabels } from "../../core/map/labels.ts"
import type { Spot } from "../../core/map/scene.ts"
import { colourAt } from "./colours.ts"
import type { Drawing, Projection } from "./drawing.ts"
import type { Seen } from "./seenPlanets.ts"

/** Widths of names that were measured, by font and text. */
const widths = new Map<string, number>()

/** Measures names anew, since their font has changed. */
export const forgetWidths = (): void => widths.clear()

const widthOf = (drawing: Drawing, font: string, text: string): number => {
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  const { c } = drawing
  c.font = font
  const width = c.measureText(text).width
  if (widths.size > 20_000) widths.clear()
  widths.set(key, width)
  return width
}

/** The name of a planet at this level; a race whose mark another one has too is named beside it. */
const labelOf = (at: Projection, spot: Spot): string => {
  const near = at.level === "near" || at.level === "close"
  const { kind, name, number, owner, style } = spot
  if (style?.ambiguous === true && owner !== undefined) return near && name !== "" ? `${name} · ${owner}` : owner
  if (name !== "" && (kind === "mine" || near)) return name
  return at.level === "close" || kind === "mine" ? `#${number}` : ""
}

const kinds: Readonly<Record<Spot["kind"], number>> = { mine: 3e6, foreign: 2e6, empty: 1e6, unknown: 0 }

/**
 * Writes the names of these planets, important ones first, clear of what is in `taken`. Answers the numbers of the planets
 * that have got theirs.
 */
export const drawNames = (
  drawing: Drawing,
  at: Projection,
  all: ReadonlyArray<Seen>,
  taken: ReadonlyArray<Box>
): ReadonlyArray<number> => {
  const { c, theme } = drawing
  const fonts = { mine: `600 12px ${theme.font}`, other: `500 11px ${theme.font}` }
  const wishes: Array<
    LabelWish & { readonly number: number; readonly text: string; readonly mine: boolean; readonly faint: boolean }
  > = []
  for (const { spot, x, y, r } of all) {
    const text = labelOf(at, spot)
    if (text === "") continue
    const mine = spot.kind === "mine"
    const gap = r + (mine ? 9 : spot.kind === "unknown" ? 3 : 5)
    const width = widthOf(drawing, mine ? fonts.mine : fonts.other, text) + 4
    const rank = kinds[spot.kind] + spot.size + (drawing.scene.home === spot ? 1e6 : 0)
    wishes.push({ number: spot.number, x, y, gap, width, height: 15, rank, text, mine, faint: text.startsWith("#") })
  }
  c.textAlign = "center"
  c.textBaseline = "middle"
  c.lineJoin = "round"
  c.lineWidth = 3
  c.strokeStyle = colourAt(theme, "--space")
  let font = ""
  const named: Array<number> = []
  // One's own come first, so the font changes once.
  for (const { wish, left, top, width, height } of placeLabels(wishes, taken)) {
    const it = wishes[wish]
    if (it === undefined) continue
    named.push(it.number)
    const wanted = it.mine ? fonts.mine : fonts.other
    if (wanted !== font) {
      font = wanted
      c.font = font
    }
    c.strokeText(it.text, left + width / 2, top + height / 2)
    c.fillStyle = colourAt(theme, it.mine ? "--text" : it.faint ? "--faint" : "--muted")
    c.fillText(it.text, left + width / 2, top + height / 2)
  }
  return named
}
