/** Times as operators read them: how far away, and when in the zone that matters. */

const steps = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000]
] as const

/** A length of time in milliseconds, in the largest unit that fits: `7 h`. What is shorter than a second is `0 s`. */
export const spelled = (millis: number): string => {
  const [unit, size] = steps.find(([, it]) => millis >= it) ?? ["s", 1_000]
  return `${Math.floor(millis / size)} ${unit}`
}

/** `in 7 h`, `3 min ago`, `now`; words for what is no time. */
export const relative = (at: number, now: number): string => {
  const away = Math.abs(at - now)
  if (Number.isNaN(away)) return "at an unknown time"
  if (away < 1_000) return "now"
  return at > now ? `in ${spelled(away)}` : `${spelled(away)} ago`
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

/** `Tue 2026-11-03 06:00 Europe/Berlin`. An unknown zone is shown in UTC. */
export const absolute = (at: number, zone: string): string => {
  if (Number.isNaN(new Date(at).getTime())) return "an unknown time"
  const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" } as const
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat("en-GB", { ...options, hourCycle: "h23", timeZone }).formatToParts(at)
  let parts: ReturnType<typeof format>
  let named = zone
  try {
    parts = format(zone)
  } catch {
    parts = format("UTC")
    named = "UTC"
  }
  const part = (type: string) => parts.find((it) => it.type === type)?.value ?? ""
  const day = `${part("year")}-${part("month")}-${part("day")}`
  return `${days[new Date(day).getUTCDay()]} ${day} ${part("hour")}:${part("minute")} ${named}`
}
