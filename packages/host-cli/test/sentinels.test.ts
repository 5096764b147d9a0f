/** What the answers of Sentinels mean to whoever runs `doctor`. */
import { findingsOf } from "galaxy-admin/doctor/sentinels"
import { describe, expect, it } from "vitest"

type View = Parameters<typeof findingsOf>[0][number]

const view = (at: number, change: Partial<View> = {}): View => ({
  address: `10.0.0.${at}:26379`,
  master: "10.0.0.7:6379",
  replicas: 1,
  others: 2,
  ...change
})
const silent = (at: number): View => ({ address: `10.0.0.${at}:26379`, fault: "ECONNREFUSED" })

const states = (...views: ReadonlyArray<View>) =>
  findingsOf(views, "mymaster").map(({ id, state, message }) => [id, state, message])

describe("Sentinels", () => {
  it("that agree and can fail over are well", () => {
    expect(states(view(1), view(2), view(3))).toEqual([
      ["redis.sentinels", "ok", "All 3 Sentinels answer, and have 10.0.0.7:6379 as mymaster."],
      ["redis.failover", "ok", "The Sentinels can replace the master; it has 1 replica."]
    ])
  })

  it("of which one is lost, or says something else, are warned of", () => {
    const [lost] = states(view(1), view(2), silent(3))
    expect(lost).toEqual([
      "redis.sentinels",
      "warning",
      "1 of 3 Sentinels don't answer: 10.0.0.3:26379 (ECONNREFUSED)."
    ])
    const [other] = states(view(1), view(2), view(3, { master: "10.0.0.8:6379" }))
    expect(other?.[1]).toBe("warning")
    expect(other?.[2]).toContain("but 10.0.0.3:26379 has 10.0.0.8:6379")
  })

  it("that don't know the master, or of which most are lost, are a problem", () => {
    expect(states(view(1), silent(2), silent(3))[0]?.slice(0, 2)).toEqual(["redis.sentinels", "problem"])
    const nobody = [1, 2, 3].map((at): View => ({ address: `10.0.0.${at}:26379` }))
    expect(states(...nobody)).toEqual([
      [
        "redis.sentinels",
        "problem",
        "Most of the Sentinels name no master mymaster: 10.0.0.1:26379 names none, 10.0.0.2:26379 names none, 10.0.0.3:26379 names none."
      ]
    ])
  })

  it("that could replace the master by nothing, or not agree to, are a problem", () => {
    expect(states(view(1, { replicas: 0 }), view(2, { replicas: 0 }), view(3, { replicas: 0 }))[1]).toEqual([
      "redis.failover",
      "problem",
      "The master has no replica, so nothing can take its place."
    ])
    const [, quorum] = states(view(1, { noQuorum: "NOQUORUM 1 usable" }), view(2), silent(3))
    expect(quorum?.[1]).toBe("problem")
    expect(quorum?.[2]).toContain("10.0.0.1:26379 says NOQUORUM 1 usable")
    expect(states(view(1), view(2))[1]?.[1]).toBe("warning")
  })
})
