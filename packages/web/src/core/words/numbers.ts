/** Figures as reports show them, in the person's language. */

const known = new Map<string, (value: number) => string>()

const formatter = (key: string, language: string, options: Intl.NumberFormatOptions): ((value: number) => string) => {
  const format = known.get(key) ?? new Intl.NumberFormat(language, options).format
  known.set(key, format)
  return format
}

/** Always two decimals, such as "1,000.00". */
export const decimals = (language: string): ((value: number) => string) =>
  formatter(`d:${language}`, language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** At most two decimals, for sentences: "1,000" or "12.5". */
export const plain = (language: string): ((value: number) => string) =>
  formatter(`p:${language}`, language, { maximumFractionDigits: 2 })

/** A share as a percentage without decimals. */
export const percent = (language: string): ((share: number) => string) =>
  formatter(`%:${language}`, language, { style: "percent", maximumFractionDigits: 0 })

/** Names one after another: "A, B and C". */
export const list = (language: string, names: ReadonlyArray<string>): string =>
  new Intl.ListFormat(language, { type: "conjunction" }).format(names)
