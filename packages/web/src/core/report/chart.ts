/** Where the lines of a chart run, in pixels from the upper left corner. No words and no colours. */
import type { Series } from "./digest.ts"

/** A number on an axis and where it stands. */
export interface Tick {
  readonly at: number
  readonly value: number
}

export interface ChartLine {
  readonly name: string
  /** An SVG path from turn to turn; gaps where turns aren't known. */
  readonly path: string
  readonly dots: ReadonlyArray<{
    readonly x: number
    readonly y: number
    readonly turn: number
    readonly value: number
    /** Whether neither turn beside it is known: no line shows it. */
    readonly lone: boolean
  }>
}

export interface Chart {
  readonly width: number
  readonly height: number
  /** The edges of the field in which lines run. */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly turns: ReadonlyArray<Tick>
  readonly values: ReadonlyArray<Tick>
  readonly lines: ReadonlyArray<ChartLine>
}

/** The distance of ticks: 1, 2 or 5 times a power of ten, so that at most `most` of them cover the span. */
export const tickStep = (span: number, most: number): number => {
  if (span <= 0) return 1
  const raw = span / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find((it) => it * power >= raw * (1 - 1e-9)) ?? 10
  return factor * power
}

const ticks = (low: number, high: number, step: number): ReadonlyArray<number> => {
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12))
  )
}

const margin = { left: 52, right: 20, top: 12, bottom: 26 }

/** The layout for a field of this size; levels of technologies begin at 1, all else at 0. */
export const chartOf = (
  series: ReadonlyArray<Series>,
  size: { readonly width: number; readonly height: number },
  floor = 0
): Chart => {
  const width = Math.max(160, size.width)
  const height = Math.max(120, size.height)
  const [left, right, top, bottom] = [margin.left, width - margin.right, margin.top, height - margin.bottom]
  const known = series.flatMap(({ points }) =>
    points.flatMap(({ turn, value }) => (value === undefined ? [] : [{ turn, value }]))
  )
  const turns = known.map(({ turn }) => turn)
  const [first, last] = turns.length === 0 ? [0, 1] : [Math.min(...turns), Math.max(...turns)]
  const low = Math.min(floor, ...known.map(({ value }) => value))
  const high = Math.max(low, ...known.map(({ value }) => value))
  const step = tickStep(high - low, Math.max(2, Math.floor((bottom - top) / 44)))
  const ceiling = Math.max(low + step, Math.ceil(high / step - 1e-9) * step)
  const x = (turn: number) =>
    last === first ? (left + right) / 2 : left + ((turn - first) / (last - first)) * (right - left)
  const y = (value: number) => bottom - ((value - low) / (ceiling - low)) * (bottom - top)
  const round = (value: number) => Math.round(value * 10) / 10
  const turnStep = Math.max(1, tickStep(last - first, Math.max(2, Math.floor((right - left) / 60))))
  return {
    width,
    height,
    left,
    right,
    top,
    bottom,
    turns: ticks(first, last, turnStep).map((value) => ({ value, at: round(x(value)) })),
    values: ticks(low, ceiling, step).map((value) => ({ value, at: round(y(value)) })),
    lines: series.map(({ name, points }) => {
      const there = new Set(points.flatMap(({ turn, value }) => (value === undefined ? [] : [turn])))
      const dots = points.flatMap(({ turn, value }) => {
        if (value === undefined) return []
        const lone = !there.has(turn - 1) && !there.has(turn + 1)
        return [{ turn, value, x: round(x(turn)), y: round(y(value)), lone }]
      })
      const path = dots.map((dot) => `${there.has(dot.turn - 1) ? "L" : "M"}${dot.x} ${dot.y}`).join("")
      return { name, path, dots }
    })
  }
}
