/**
 * What players and servers write must not steer a terminal: escape sequences move the cursor or set links, marks of
 * direction make a text read as another one, and invisible characters hide a part of it.
 */

/** Beyond the control characters of ASCII: those of Latin-1, marks of direction, separators of lines, invisible tags. */
const hidden = String.raw`\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}`

const unsafe = new RegExp(String.raw`[\u0000-\u001f${hidden}]|\p{Surrogate}`, "gu")
const unsafeInJson = new RegExp(`[${hidden}]`, "gu")

/** One line without characters that a terminal obeys. */
export const safeLine = (text: string): string => text.replaceAll(/[\t\n\r]+/g, " ").replaceAll(unsafe, "\u{FFFD}")

const escaped = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")

/**
 * A value as JSON that any reader takes for the same, and a terminal for mere text. Halves of surrogate pairs are
 * escaped, as `JSON.stringify` does, so that the text is always valid UTF-8.
 */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(unsafeInJson, escaped)
