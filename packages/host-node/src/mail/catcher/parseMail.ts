/**
 * Reads as much of a mail as the catcher shows: main headers, text and HTML.
 *
 * It takes any bytes and shows what it doesn't understand unchanged; its work is bounded by the size of the mail.
 */

/** The parts of a mail that the catcher shows; a missing header or text is empty. Only tests read `headers`. */
export interface ParsedMail {
  readonly messageId: string
  readonly from: string
  readonly subject: string
  readonly text: string
  readonly html: string | undefined
  /** Lower-case names of all header fields. */
  readonly headers: ReadonlyArray<string>
}

interface Part {
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

const deepest = 8
const mostParts = 64

/** One byte is one character here; charsets are decoded last. */
const split = (raw: string): Part => {
  const end = /\r?\n\r?\n/.exec(raw)
  const head = end === null ? raw : raw.slice(0, end.index)
  const body = end === null ? "" : raw.slice(end.index + end[0].length)
  const headers = new Map<string, string>()
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":")
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return { headers, body }
}

const decodeBytes = (bytes: Buffer, charset: string): string => {
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    return bytes.toString("utf8")
  }
}

const fromHex = (text: string) =>
  text.replace(/=([0-9A-Fa-f]{2})/g, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)))

const word = /=\?([^?\s]{1,40})\?([BbQq])\?([^?\s]{0,500})\?=/g

/** Encoded words (RFC 2047); a character may be split between neighbours of one charset. */
const decodeHeader = (value: string): string => {
  const joined = value.replace(/(\?=)[ \t]+(?==\?)/g, "$1")
  const parts: Array<{ charset: string; bytes: Buffer }> = []
  let at = 0
  const literal = (text: string) => {
    if (text !== "") parts.push({ charset: "utf-8", bytes: Buffer.from(text, "latin1") })
  }
  for (const match of joined.matchAll(word)) {
    const [whole, charset = "utf-8", encoding = "Q", text = ""] = match
    literal(joined.slice(at, match.index))
    at = match.index + whole.length
    const bytes =
      encoding.toUpperCase() === "B"
        ? Buffer.from(text, "base64")
        : Buffer.from(fromHex(text.replaceAll("_", " ")), "latin1")
    const last = parts.at(-1)
    if (last !== undefined && last.charset === charset.toLowerCase()) last.bytes = Buffer.concat([last.bytes, bytes])
    else parts.push({ charset: charset.toLowerCase(), bytes })
  }
  literal(joined.slice(at))
  return parts.map((it) => decodeBytes(it.bytes, it.charset)).join("")
}

const parameter = (value: string, name: string): string | undefined =>
  new RegExp(`;\\s*${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;]+))`, "i")
    .exec(value)
    ?.slice(1)
    .find((it) => it !== undefined)

const textOf = (part: Part, type: string): string => {
  const encoding = part.headers.get("content-transfer-encoding")?.toLowerCase()
  const bytes =
    encoding === "base64"
      ? Buffer.from(part.body, "base64")
      : Buffer.from(
          encoding === "quoted-printable" ? fromHex(part.body.replace(/=[ \t]*\r?\n/g, "")) : part.body,
          "latin1"
        )
  return decodeBytes(bytes, parameter(type, "charset") ?? "utf-8").replaceAll("\r\n", "\n")
}

interface Found {
  text?: string
  html?: string
  parts: number
}

const walk = (part: Part, found: Found, depth: number): void => {
  found.parts++
  if (found.parts > mostParts) return
  const type = part.headers.get("content-type") ?? "text/plain"
  const boundary = /^multipart\//i.test(type) ? parameter(type, "boundary") : undefined
  if (boundary !== undefined && depth < deepest) {
    const [, ...inner] = `\n${part.body}`.split(`\n--${boundary}`)
    for (const text of inner.slice(0, mostParts)) {
      if (text.startsWith("--")) break
      walk(split(text.replace(/^[ \t]*\r?\n/, "").replace(/\r$/, "")), found, depth + 1)
    }
  } else if (/^text\/html/i.test(type)) found.html ??= textOf(part, type)
  else if (/^text\//i.test(type)) found.text ??= textOf(part, type)
}

/** Never throws. The first text and the first HTML part win; at most 64 parts and 8 levels are read. */
export const parseMail = (raw: Buffer): ParsedMail => {
  const mail = split(raw.toString("latin1"))
  const found: Found = { parts: 0 }
  walk(mail, found, 0)
  const header = (name: string) => decodeHeader(mail.headers.get(name) ?? "")
  return {
    messageId: header("message-id"),
    from: header("from"),
    subject: header("subject"),
    text: found.text ?? "",
    html: found.html,
    headers: [...mail.headers.keys()]
  }
}
