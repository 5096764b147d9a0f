/** Race colours can be told apart by everybody, and seen on the map: figures of the style sheet's tokens. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const sheet = readFileSync(new URL("../../../src/lib/style.css", import.meta.url), "utf8")

/** The tokens of a block that begins with this text. */
const tokensOf = (start: string): ReadonlyMap<string, string> => {
  const from = sheet.indexOf(start)
  const block = sheet.slice(from, sheet.indexOf("}", from))
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value])
  )
}

type Triple = readonly [number, number, number]

const linear = (hex: string): Triple => {
  const channel = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const apply = (m: ReadonlyArray<number>, [a, b, c]: Triple): Triple => {
  const row = (at: number) => (m[at] ?? 0) * a + (m[at + 1] ?? 0) * b + (m[at + 2] ?? 0) * c
  return [row(0), row(3), row(6)]
}

const clipped = (it: Triple): Triple => it.map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple

/** Machado, Oliveira and Fernandes 2009, full severity. */
const sights = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039]
}

const lab = (rgb: Triple): Triple => {
  const [x, y, z] = apply(
    [0.4124564, 0.3575761, 0.1804375, 0.2126729, 0.7151522, 0.072175, 0.0193339, 0.119192, 0.9503041],
    rgb
  )
  const f = (value: number) => (value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116)
  const [fx, fy, fz] = [f(x / 0.95047), f(y), f(z / 1.08883)]
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
}

/** The smallest difference (CIE 1976) between two of the race colours, over all kinds of sight. */
const least = (tokens: ReadonlyMap<string, string>): number => {
  const colours = Array.from({ length: 8 }, (_, index) => linear(tokens.get(`r${index}`) ?? ""))
  let smallest = Number.POSITIVE_INFINITY
  for (const sight of Object.values(sights)) {
    const seen = colours.map((it) => lab(clipped(apply(sight, it))))
    for (const [index, a] of seen.entries()) {
      for (const b of seen.slice(index + 1))
        smallest = Math.min(smallest, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]))
    }
  }
  return smallest
}

const luminance = (hex: string): number => apply([0.2126, 0.7152, 0.0722, 0, 0, 0, 0, 0, 0], linear(hex))[0]

const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe.each([
  ["dark", ":root {", 26.6],
  ["light", ':root[data-theme="light"]', 24.3]
])("the %s colours", (_, start, difference) => {
  const tokens = tokensOf(start)

  it("of races differ for every kind of sight", () => {
    expect(least(tokens)).toBeGreaterThan(difference)
  })

  it("of races and of what the map tells stand out from space", () => {
    const space = tokens.get("space") ?? ""
    const names = [
      ...Array.from({ length: 8 }, (_, index) => `r${index}`),
      "mine",
      "bad",
      "info",
      "route",
      "text",
      "muted",
      "faint"
    ]
    const low = names.filter((name) => contrast(tokens.get(name) ?? "", space) < 4.5)
    expect(low).toEqual([])
  })
})

it("the device's light colours are the chosen light ones", () => {
  expect(tokensOf(':root:not([data-theme="dark"])')).toEqual(tokensOf(':root[data-theme="light"]'))
})
