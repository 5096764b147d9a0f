/**
 * Values of PostgreSQL from their text, as our own driver reads them from bytes.
 *
 * Node-postgres hands out texts. What a pool's own type parsers would make of them has no influence here.
 */
import { PgTypes } from "@effect/sql-pg"

const { OID } = PgTypes

type Read = (text: string) => unknown

const thousand = 1_000n
const million = 1_000_000n
/** Microseconds from 1970 to 2000, where PostgreSQL counts from. */
const epochMicros = 946_684_800_000_000n

const fault = (what: string): never => {
  throw new PgTypes.CodecError({ message: `PostgreSQL answered with a malformed ${what}` })
}

/** `04:05:06.789` in microseconds. */
const microsOfDay = (hours: string, minutes: string, seconds: string, fraction = ""): bigint =>
  ((BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)) * million + BigInt(fraction.padEnd(6, "0"))

const moment =
  /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?( BC)?$/

const readMoment: Read = (text) => {
  if (text === "infinity" || text === "-infinity") return new Date(Number.NaN)
  const found = moment.exec(text)
  if (found === null) return fault("time")
  const [, years = "", months = "", days = "", hours = "", minutes = "", seconds = "", fraction, sign] = found
  const [, , , , , , , , , zoneHours = "0", zoneMinutes = "0", zoneSeconds = "0", bc] = found
  const midnight = new Date(0)
  midnight.setUTCFullYear(bc === undefined ? Number(years) : 1 - Number(years), Number(months) - 1, Number(days))
  const zone = microsOfDay(zoneHours, zoneMinutes, zoneSeconds)
  const micros =
    BigInt(midnight.getTime()) * thousand +
    microsOfDay(hours, minutes, seconds, fraction) -
    (sign === "-" ? -zone : zone)
  // Cut off towards the year 2000, as the driver does.
  return new Date(Number(((micros - epochMicros) / thousand) * thousand + epochMicros) / 1_000)
}

const readTime: Read = (text) => {
  const [, hours = "", minutes = "", seconds = "", fraction] =
    /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text) ?? fault("time of day")
  return microsOfDay(hours, minutes, seconds, fraction)
}

/** In the style `postgres`: `1 year 2 mons -3 days +04:05:06.789`. */
const readInterval: Read = (text) => {
  const count = (unit: string) => Number(new RegExp(`(-?\\d+) ${unit}`).exec(text)?.[1] ?? 0)
  const time = /([+-]?)(\d+):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/.exec(text)
  const [, sign = "", hours = "0", minutes = "0", seconds = "0", fraction] = time ?? []
  const micros = microsOfDay(hours, minutes, seconds, fraction)
  return {
    months: count("year") * 12 + count("mon"),
    days: count("day"),
    microseconds: sign === "-" ? -micros : micros
  }
}

const readBytes: Read = (text) =>
  text.startsWith(String.raw`\x`) ? new Uint8Array(Buffer.from(text.slice(2), "hex")) : fault("value of bytea")

const readZoned: Read = (text) => (/[+-]\d\d$/.test(text) ? `${text}:00` : text)

const scalars: ReadonlyMap<number, Read> = new Map<number, Read>([
  [OID.bool, (text) => text === "t"],
  [OID.bytea, readBytes],
  [OID.int2, Number],
  [OID.int4, Number],
  [OID.int8, BigInt],
  [OID.oid, Number],
  [OID.float4, (text) => Math.fround(Number(text))],
  [OID.float8, Number],
  [OID.json, (text) => JSON.parse(text) as unknown],
  [OID.jsonb, (text) => JSON.parse(text) as unknown],
  [OID.time, readTime],
  [OID.timetz, readZoned],
  [OID.timestamp, readMoment],
  [OID.timestamptz, readMoment],
  [OID.interval, readInterval]
])

const asText: Read = (text) => text
const readOf = (oid: number): Read => scalars.get(oid) ?? asText

/** Elements of a list with one dimension: `{a,"b \"c\"",NULL}`. */
const elements = /(?:"((?:[^"\\]|\\[^])*)"|([^,{}"]+))(?:,|\}$)/gy

const listOf =
  (read: Read): Read =>
  (text) => {
    if (text === "{}") return []
    const found: Array<unknown> = []
    elements.lastIndex = 1
    while (elements.lastIndex < text.length) {
      const match = text.startsWith("{") ? elements.exec(text) : null
      if (match === null) return fault("list: only lists with one dimension, from 1 on, can be read")
      const [, quoted, plain = ""] = match
      if (quoted === undefined) found.push(plain === "NULL" ? null : read(plain))
      else found.push(read(quoted.replaceAll(/\\([^])/g, "$1")))
    }
    return found
  }

const readers = new Map<number, Read>()
for (const oid of Object.values(OID)) {
  const list = PgTypes.arrayOidFor(oid)
  if (list !== undefined) readers.set(list, listOf(readOf(oid)))
}
for (const [oid, read] of scalars) readers.set(oid, read)

/** What reads the values of a column; types that aren't known stay texts. Throws a `CodecError`. */
export const readerOf = (oid: number): Read => readers.get(oid) ?? asText
