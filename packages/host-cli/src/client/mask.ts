/** What `--trace` must not show: secrets by the name of their field, and e-mail addresses wherever they are. */

const secret = /password|secret|token|authorization|cookie|api[-_]?key/i
const address = /[^\s"'<>@,;:()[\]]+@[^\s"'<>@,;:()[\]]+/g
const shown = "********"

/** A header as it may be shown. */
export const maskedHeader = (name: string, value: string): string =>
  secret.test(name) ? shown : value.replaceAll(address, shown)

const masked = (value: unknown): unknown => {
  if (typeof value === "string") return value.replaceAll(address, shown)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, it]) => [key, secret.test(key) && it !== null ? shown : masked(it)])
  )
}

/** A URL as it may be shown: addresses in its query are masked too. */
export const maskedUrl = (url: string): string => {
  let text = url
  try {
    text = decodeURIComponent(url)
  } catch {
    // Shown as it is.
  }
  return address.test(text) ? text.replaceAll(address, shown) : url
}

/** A body as it may be shown. What isn't JSON is told by its length alone. */
export const maskedBody = (text: string): string => {
  try {
    return JSON.stringify(masked(JSON.parse(text)))
  } catch {
    return `(${text.length} characters that aren't JSON)`
  }
}
