/** Times, sizes and documents as an operator reads them. */

const time = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" })

/** An instant of the admin surface in the operator's own zone; a dash where there is none. */
export const when = (instant: string | undefined): string => {
  const at = instant === undefined ? Number.NaN : Date.parse(instant)
  return Number.isNaN(at) ? "–" : time.format(at)
}

/** Bytes, in units of 1,024. */
export const bytes = (count: number): string => {
  const unit = Math.min(4, Math.floor(Math.log2(Math.max(1, count)) / 10))
  return `${(count / 1024 ** unit).toFixed(unit === 0 ? 0 : 1)} ${["B", "KiB", "MiB", "GiB", "TiB"][unit] ?? ""}`
}

/** A document, indented. */
export const json = (value: unknown): string => JSON.stringify(value, null, 2)
