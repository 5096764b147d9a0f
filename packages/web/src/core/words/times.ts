/** Spans of time and instants as people read them, in their language. */

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000]
] as const

/** The two largest units of a span, such as "4 h 12 min"; seconds only below a minute. */
export const span = (language: string, millis: number): string => {
  const left = Math.max(0, millis)
  const first = units.findIndex(([, size]) => left >= size)
  const at = first === -1 ? units.length - 1 : first
  const format = (value: number, unit: string) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value)
  const [unit, size] = units[at] ?? ["second", 1_000]
  const whole = Math.floor(left / size)
  const next = at < 2 ? units[at + 1] : undefined
  const rest = next === undefined ? 0 : Math.floor((left - whole * size) / next[1])
  return next === undefined || rest === 0 ? format(whole, unit) : `${format(whole, unit)} ${format(rest, next[0])}`
}

/** A day and a time in a zone, such as "Sun 29 Nov, 06:00". */
export const instant = (language: string, millis: number, timeZone?: string): string =>
  new Intl.DateTimeFormat(language, {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone === undefined ? {} : { timeZone })
  }).format(millis)

/** How long ago or how far ahead, such as "2 hours ago". */
export const relative = (language: string, millis: number, now: number): string => {
  const by = millis - now
  const [unit, size] = units.find(([, least]) => Math.abs(by) >= least) ?? ["second", 1_000]
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(by / size), unit)
}

/** The time of day, such as "14:02". */
export const clock = (language: string, millis: number): string =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(millis)
