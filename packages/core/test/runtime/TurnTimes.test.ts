import {
  deadlineAtCutoff,
  deadlineAtOpening,
  explained,
  nextTurnAfter,
  type TurnDeadline
} from "@galaxy/core/runtime/TurnTimes"
import { assert, describe, it } from "@effect/vitest"
import { DateTime } from "effect"

const utc = (text: string) => DateTime.makeUnsafe(text)
const iso = (at: DateTime.Utc) => DateTime.formatIso(at)

interface Case {
  readonly schedule: string
  readonly zone: string
  readonly after: string
  readonly next: string
  readonly why: string
}

const cases: ReadonlyArray<Case> = [
  {
    schedule: "0 18 * * *",
    zone: "UTC",
    after: "2026-01-01T17:59:59Z",
    next: "2026-01-01T18:00:00.000Z",
    why: "daily"
  },
  {
    schedule: "0 18 * * *",
    zone: "UTC",
    after: "2026-01-01T18:00:00Z",
    next: "2026-01-02T18:00:00.000Z",
    why: "strictly after"
  },
  {
    schedule: "*/5 * * * *",
    zone: "UTC",
    after: "2026-01-01T00:04:59.999Z",
    next: "2026-01-01T00:05:00.000Z",
    why: "five minutes"
  },
  {
    schedule: "0 18 * * 1-5",
    zone: "UTC",
    after: "2026-01-02T18:00:00Z",
    next: "2026-01-05T18:00:00.000Z",
    why: "over a weekend"
  },
  {
    schedule: "0 0 29 2 *",
    zone: "UTC",
    after: "2026-01-01T00:00:00Z",
    next: "2028-02-29T00:00:00.000Z",
    why: "a leap day"
  },
  {
    schedule: "0 18 * * *",
    zone: "Europe/Berlin",
    after: "2026-01-01T12:00:00Z",
    next: "2026-01-01T17:00:00.000Z",
    why: "winter time"
  },
  {
    schedule: "0 18 * * *",
    zone: "Europe/Berlin",
    after: "2026-07-01T12:00:00Z",
    next: "2026-07-01T16:00:00.000Z",
    why: "summer time"
  },
  {
    schedule: "0 18 * * *",
    zone: "Europe/Berlin",
    after: "2026-03-28T17:00:00Z",
    next: "2026-03-29T16:00:00.000Z",
    why: "a day of 23 hours"
  },
  {
    schedule: "0 18 * * *",
    zone: "Europe/Berlin",
    after: "2026-10-24T16:00:00Z",
    next: "2026-10-25T17:00:00.000Z",
    why: "a day of 25 hours"
  },
  {
    schedule: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-03-28T01:30:00Z",
    next: "2026-03-29T01:00:00.000Z",
    why: "a skipped time comes right after the gap"
  },
  {
    schedule: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-03-29T01:00:00Z",
    next: "2026-03-30T00:30:00.000Z",
    why: "and once"
  },
  {
    schedule: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-10-24T00:30:00Z",
    next: "2026-10-25T00:30:00.000Z",
    why: "a repeated time comes the first time"
  },
  {
    schedule: "30 2 * * *",
    zone: "Europe/Berlin",
    after: "2026-10-25T00:30:00Z",
    next: "2026-10-26T01:30:00.000Z",
    why: "and not again"
  },
  {
    schedule: "30 2 * * *",
    zone: "America/New_York",
    after: "2026-03-07T07:30:00Z",
    next: "2026-03-08T07:00:00.000Z",
    why: "a gap in New York"
  },
  {
    schedule: "30 1 * * *",
    zone: "America/New_York",
    after: "2026-11-01T05:30:00Z",
    next: "2026-11-02T06:30:00.000Z",
    why: "an overlap in New York"
  },
  {
    schedule: "15 12 * * *",
    zone: "Asia/Kathmandu",
    after: "2026-01-01T00:00:00Z",
    next: "2026-01-01T06:30:00.000Z",
    why: "an offset of 5:45"
  },
  {
    schedule: "0 18 * * *",
    zone: "Pacific/Auckland",
    after: "2026-04-04T05:00:00Z",
    next: "2026-04-05T06:00:00.000Z",
    why: "south of the equator"
  }
]

describe("when turns come", () => {
  for (const { schedule, zone, after, next, why } of cases) {
    it(`${why}: ${schedule} ${zone} after ${after}`, () => {
      assert.strictEqual(iso(nextTurnAfter({ turn_schedule: schedule, time_zone: zone }, utc(after))), next)
    })
  }

  it("in each zone every time of a year comes once, in order, a day apart", () => {
    for (const time_zone of ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland"]) {
      for (const turn_schedule of ["0 18 * * *", "30 2 * * *", "0 0 * * *", "15 1 * * *"]) {
        let at = utc("2026-01-01T00:00:00Z")
        const days = new Set<string>()
        const zone = DateTime.zoneMakeNamedUnsafe(time_zone)
        for (let count = 0; count < 365; count++) {
          const next = nextTurnAfter({ turn_schedule, time_zone }, at)
          assert.isTrue(DateTime.isGreaterThan(next, at))
          days.add(DateTime.formatIsoDate(DateTime.setZone(next, zone)))
          at = next
        }
        assert.strictEqual(days.size, 365, `${turn_schedule} ${time_zone}`)
      }
    }
  })

  const timing = { turn_schedule: "0 18 * * *", time_zone: "UTC" }
  const scheduled = (at: string): TurnDeadline => ({ at: utc(at), why: "schedule", skips: 0 })
  const forced = (at: string, skips: number): TurnDeadline => ({ at: utc(at), why: "forced", skips })
  const cutoff = (deadline: TurnDeadline, force: boolean, now: string) =>
    deadlineAtCutoff(timing, deadline, force, utc(now))

  it("missed times collapse into the turn that is made late", () => {
    const next = cutoff(scheduled("2026-01-01T18:00:00Z"), false, "2026-01-05T09:00:00Z")
    assert.deepStrictEqual(next, scheduled("2026-01-05T18:00:00Z"))
  })

  it("a forced turn takes the place of the next one", () => {
    const next = cutoff(scheduled("2026-01-01T18:00:00Z"), true, "2026-01-01T10:00:00Z")
    assert.deepStrictEqual(next, forced("2026-01-02T18:00:00Z", 1))
  })

  it("forced turns add up", () => {
    const next = cutoff(forced("2026-01-02T18:00:00Z", 1), true, "2026-01-01T11:00:00Z")
    assert.deepStrictEqual(next, forced("2026-01-03T18:00:00Z", 2))
  })

  it("a turn that is due anyway is the one that was forced", () => {
    const next = cutoff(scheduled("2026-01-01T18:00:00Z"), true, "2026-01-01T18:00:01Z")
    assert.deepStrictEqual(next, scheduled("2026-01-02T18:00:00Z"))
  })

  it("a turn that took past the next time doesn't make two of it", () => {
    const set = scheduled("2026-01-02T18:00:00Z")
    assert.deepStrictEqual(deadlineAtOpening(timing, set, utc("2026-01-01T18:00:05Z")), set)
    const next = deadlineAtOpening(timing, set, utc("2026-01-03T19:00:00Z"))
    assert.deepStrictEqual(next, scheduled("2026-01-04T18:00:00Z"))
  })

  it("a deadline stands where its why explains it, and is computed anew where it doesn't", () => {
    const now = utc("2026-01-01T12:00:00Z")
    const kept = [
      scheduled("2026-01-01T18:00:00Z"),
      scheduled("2025-12-24T18:00:00Z"),
      forced("2026-01-02T18:00:00Z", 1),
      forced("2026-01-01T18:00:00Z", 1),
      forced("2026-01-04T18:00:00Z", 3)
    ]
    for (const deadline of kept) assert.strictEqual(explained(timing, deadline, now), deadline)
    assert.deepStrictEqual(explained(timing, scheduled("2026-01-04T18:00:00Z"), now), scheduled("2026-01-01T18:00:00Z"))
    assert.deepStrictEqual(explained(timing, forced("2026-01-04T18:00:00Z", 1), now), forced("2026-01-02T18:00:00Z", 1))
  })

  it("a deadline of a clock that was ahead isn't carried on, neither by a forced turn nor by one that was being made", () => {
    const ahead = scheduled("2026-01-04T18:00:00Z")
    assert.deepStrictEqual(cutoff(ahead, true, "2026-01-01T12:00:00Z"), forced("2026-01-02T18:00:00Z", 1))
    const opened = deadlineAtOpening(timing, ahead, utc("2026-01-01T12:00:00Z"))
    assert.deepStrictEqual(opened, scheduled("2026-01-01T18:00:00Z"))
  })
})
