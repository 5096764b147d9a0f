/**
 * The text of a file of reservations: a header, then a line for each, every line with its checksum.
 *
 * A kill or a power cut leaves at most an end that doesn't read, of lines that nobody was answered for. What doesn't read
 * anywhere else is damage: reservations may be missing.
 */
import { crc32 } from "node:zlib"

export interface Reserved {
  readonly deviceSessionId: string
  readonly requestId: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

export interface Segment {
  /** When reservations were lost before this file was begun, in Unix milliseconds. */
  readonly lostAtMs: number | undefined
  readonly reserved: ReadonlyArray<Reserved>
  readonly damaged: boolean
}

const format = "galaxy-reservations 1"

const line = (body: string) => `${crc32(body).toString(16).padStart(8, "0")} ${body}\n`

export const header = (lostAtMs: number | undefined): string => line(`${format} ${lostAtMs ?? "-"}`)

export const reservation = (it: Reserved): string =>
  line(`r ${it.expiresAt} ${encodeURIComponent(it.deviceSessionId)} ${encodeURIComponent(it.requestId)}`)

/** A line that says nothing: written to see whether one can be. */
export const probe = (): string => line("p")

/** The line without its checksum; `undefined` when it isn't what was written. */
const bodyOf = (text: string): string | undefined => {
  const body = text.slice(9)
  return line(body) === `${text}\n` ? body : undefined
}

const lossOf = (head: string | undefined): { readonly lostAtMs: number | undefined } | undefined => {
  const found = head === undefined ? null : /^galaxy-reservations 1 (-|\d{1,16})$/.exec(head)
  if (found === null) return undefined
  return { lostAtMs: found[1] === "-" ? undefined : Number(found[1]) }
}

const reservedOf = (body: string): Reserved | undefined => {
  const [kind, expiresAt = "", deviceSessionId = "", requestId = ""] = body.split(" ")
  return kind === "r"
    ? {
        expiresAt: Number(expiresAt),
        deviceSessionId: decodeURIComponent(deviceSessionId),
        requestId: decodeURIComponent(requestId)
      }
    : undefined
}

export const parse = (text: string): Segment => {
  const lines = text.split("\n")
  // Whatever comes after the last end of a line was never finished.
  lines.pop()
  const bodies = lines.map(bodyOf)
  const head = lossOf(bodies[0])
  const readable = bodies.findLastIndex((it) => it !== undefined)
  return {
    lostAtMs: head?.lostAtMs,
    reserved: bodies.flatMap((it) => (it === undefined ? [] : (reservedOf(it) ?? []))),
    damaged: head === undefined || bodies.slice(0, readable).includes(undefined)
  }
}
