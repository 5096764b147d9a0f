/** Notices under the days on which they came, as people read a diary from its newest page. */
import type { Words } from "../words/Words.ts"
import type { Notice } from "./Notices.ts"

export interface DayOfNotices {
  /** "Today", "Yesterday", or the date. */
  readonly day: string
  readonly notices: ReadonlyArray<Notice>
}

/** Groups a list that is in order, newest first. Days are those of the reader's own clock. */
export const byDay = (
  words: Words,
  language: string,
  notices: ReadonlyArray<Notice>,
  now: number
): ReadonlyArray<DayOfNotices> => {
  const date = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" })
  const keyOf = (millis: number) => new Date(millis).toDateString()
  const today = keyOf(now)
  const before = new Date(now)
  before.setDate(before.getDate() - 1)
  const nameOf = (millis: number) => {
    const key = keyOf(millis)
    if (key === today) return words.notices.today
    return key === before.toDateString() ? words.notices.yesterday : date.format(millis)
  }
  const days: Array<{ readonly day: string; readonly notices: Array<Notice> }> = []
  for (const notice of notices) {
    const day = nameOf(notice.created_at.epochMilliseconds)
    const last = days.at(-1)
    if (last?.day === day) last.notices.push(notice)
    else days.push({ day, notices: [notice] })
  }
  return days
}
