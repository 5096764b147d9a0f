/** The page's fonts in a worker, which has none of its own. */

/** A font as a style sheet has it; `source` has whole addresses. */
export interface FontSource {
  readonly family: string
  readonly source: string
  readonly descriptors: FontFaceDescriptors
}

const unquoted = (text: string) => text.trim().replaceAll(/^["']|["']$/g, "")

const rulesOf = (sheet: CSSStyleSheet): ReadonlyArray<CSSRule> => {
  try {
    return [...sheet.cssRules]
  } catch {
    // A sheet of another origin, such as one that an extension has put in, can't be read.
    return []
  }
}

/** The fonts of the page's style sheets that a list of families, as in `font-family`, may mean. */
export const fontSources = (families: string): ReadonlyArray<FontSource> => {
  const wanted = new Set(families.split(",").map(unquoted))
  return [...document.styleSheets].flatMap((sheet) =>
    rulesOf(sheet).flatMap((rule) => {
      if (!(rule instanceof CSSFontFaceRule)) return []
      const of = (name: string) => rule.style.getPropertyValue(name)
      const family = unquoted(of("font-family"))
      if (!wanted.has(family)) return []
      const base = sheet.href ?? document.baseURI
      const source = of("src").replaceAll(/url\(\s*(["']?)(.*?)\1\s*\)/g, (_, __, url: string) => {
        return `url("${new URL(url, base).href}")`
      })
      const unicodeRange = of("unicode-range")
      const weight = of("font-weight")
      const descriptors = { ...(unicodeRange && { unicodeRange }), ...(weight && { weight }) }
      return [{ family, source, descriptors }]
    })
  )
}

/** Where a worker keeps its fonts. */
export type Fonts = Pick<FontFaceSet, "load"> & { readonly add: (face: FontFace) => unknown }

/** Makes fonts known; they are fetched once `loadFor` needs them. */
export const addFonts = (fonts: Fonts, sources: ReadonlyArray<FontSource>): void => {
  for (const { family, source, descriptors } of sources) fonts.add(new FontFace(family, source, descriptors))
}

/** Fetches what these texts are written with. A font that can't be had is done without. */
export const loadFor = async (fonts: Fonts, family: string, texts: Iterable<string>): Promise<void> => {
  const letters = new Set<string>("0123456789#")
  for (const text of texts) for (const letter of text) letters.add(letter)
  await fonts.load(`600 12px ${family}`, [...letters].join("")).catch(() => undefined)
}
