/**
 * The text of a file of reservations: a header, then a line for each, every line with its checksum.
 *
 * A kill or a power cut leaves at most an unreadable end, of lines that nobody got an answer for. Unreadable lines
 * anywhere else are damage: reservations may be missing.
 */
import { crc32 } from "node:zlib"
import type { Losses } from "@galaxy/edge/VouchedTime"
import { timeSpansOf, timeSpansText } from "../timeSpans.ts"

/** A stored reservation: its id can't be used again before `expiresAt`. */
export interface Reserved {
  readonly deviceSessionId: string
  readonly requestId: string
  /** Unix milliseconds. */
  readonly expiresAt: number
  /** For how long it was made, in milliseconds. */
  readonly ttlMs: number
}

/** The content of a file; `damaged` means that reservations may be missing. */
export interface Segment {
  /** What wasn't vouched for when this file was begun. */
  readonly losses: Losses
  readonly reserved: ReadonlyArray<Reserved>
  readonly damaged: boolean
}

const format = "galaxy-reservations 1"

const line = (body: string) => `${crc32(body).toString(16).padStart(8, "0")} ${body}\n`

/** The first line of a file: its format, when reservations were lost, and the times that a clock was ahead. */
export const header = ({ lostAtMs, ahead }: Losses): string =>
  line([format, lostAtMs ?? "-", ...(ahead.length > 0 ? [timeSpansText(ahead)] : [])].join(" "))

/** The line of one reservation; ids are percent-encoded. */
export const reservation = (it: Reserved): string =>
  line(`r ${it.expiresAt} ${encodeURIComponent(it.deviceSessionId)} ${encodeURIComponent(it.requestId)} ${it.ttlMs}`)

/** A line without content, written to see whether writing works. */
export const probe = (): string => line("p")

/** The line without its checksum; `undefined` when the checksum doesn't match. */
const bodyOf = (text: string): string | undefined => {
  const body = text.slice(9)
  return line(body) === `${text}\n` ? body : undefined
}

const lossesOf = (head: string | undefined): Losses | undefined => {
  const found =
    head === undefined ? null : /^galaxy-reservations 1 (-|\d{1,16})((?: -?\d{1,16}\.\.\d{1,16})*)$/.exec(head)
  if (found === null) return undefined
  const [, lost, spans = ""] = found
  return {
    lostAtMs: lost === "-" ? undefined : Number(lost),
    ahead: timeSpansOf(spans)
  }
}

/** Earlier versions didn't store it: the longest that the settings allow. */
const longestTtlMs = 610_000

const reservedOf = (body: string): Reserved | undefined => {
  const [kind, expiresAt = "", deviceSessionId = "", requestId = "", ttlMs] = body.split(" ")
  return kind === "r"
    ? {
        expiresAt: Number(expiresAt),
        deviceSessionId: decodeURIComponent(deviceSessionId),
        requestId: decodeURIComponent(requestId),
        ttlMs: ttlMs === undefined ? longestTtlMs : Number(ttlMs)
      }
    : undefined
}

/** Reads a file. Lines that can't be read are left out, and count as damage unless they are at the end. */
export const parse = (text: string): Segment => {
  const lines = text.split("\n")
  // Text after the last line end was never finished.
  lines.pop()
  const bodies = lines.map(bodyOf)
  const head = lossesOf(bodies[0])
  const readable = bodies.findLastIndex((it) => it !== undefined)
  return {
    losses: head ?? { lostAtMs: undefined, ahead: [] },
    reserved: bodies.flatMap((it) => (it === undefined ? [] : (reservedOf(it) ?? []))),
    damaged: head === undefined || bodies.slice(0, readable).includes(undefined)
  }
}
