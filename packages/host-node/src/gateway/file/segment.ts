/**
 * The text of a file of reservations: a header, then a line for each, every line with its checksum.
 *
 * A kill or a power cut leaves at most an unreadable end, of lines that nobody got an answer for. Unreadable lines
 * anywhere else are damage: reservations may be missing.
 */
import { crc32 } from "node:zlib"

/** A stored reservation: its id can't be used again before `expiresAt`. */
export interface Reserved {
  readonly deviceSessionId: string
  readonly requestId: string
  /** Unix milliseconds. */
  readonly expiresAt: number
}

/** The content of a file; `damaged` means that reservations may be missing. */
export interface Segment {
  /** When reservations were lost before this file was begun, in Unix milliseconds. */
  readonly lostAtMs: number | undefined
  readonly reserved: ReadonlyArray<Reserved>
  readonly damaged: boolean
}

const format = "galaxy-reservations 1"

const line = (body: string) => `${crc32(body).toString(16).padStart(8, "0")} ${body}\n`

/** The first line of a file: its format, and when reservations were lost. */
export const header = (lostAtMs: number | undefined): string => line(`${format} ${lostAtMs ?? "-"}`)

/** The line of one reservation; ids are percent-encoded. */
export const reservation = (it: Reserved): string =>
  line(`r ${it.expiresAt} ${encodeURIComponent(it.deviceSessionId)} ${encodeURIComponent(it.requestId)}`)

/** A line without content, written to see whether writing works. */
export const probe = (): string => line("p")

/** The line without its checksum; `undefined` when the checksum doesn't match. */
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

/** Reads a file. Lines that can't be read are left out, and count as damage unless they are at the end. */
export const parse = (text: string): Segment => {
  const lines = text.split("\n")
  // Text after the last line end was never finished.
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
