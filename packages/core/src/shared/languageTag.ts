/** BCP 47 language tags. */

/** Longest tag that is stored; longer ones are only made of private or variant subtags. */
const longest = 35

/** The canonical form of a tag (`pt-BR` for `PT-br`), without spaces around it; undefined for anything else. */
export const languageTag = (text: string): string | undefined => {
  const trimmed = text.trim()
  if (trimmed === "" || trimmed.length > longest) return undefined
  try {
    return Intl.getCanonicalLocales(trimmed)[0]
  } catch {
    return undefined
  }
}
