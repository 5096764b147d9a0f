/** Every fault that a platform can have: what it does, and that the platform recovers once it is undone. */
import assert from "node:assert/strict"
import { startGalaxy, type TestGalaxy } from "@galaxy/testkit/startGalaxy"
import { NotPossible } from "@galaxy/testkit/TestkitError"
import { afterAll, beforeAll, beforeEach, describe, it } from "vitest"
import { inTheEnd } from "./inTheEnd.ts"

let galaxy: TestGalaxy
beforeAll(async () => {
  galaxy = await startGalaxy({ startAt: "2026-03-01T05:30:00Z", engineState: "database" })
})
afterAll(() => galaxy.close())
beforeEach(() => galaxy.reset())

const eve = "eve@example.org"

/** Asks for a login code, which is mailed. */
const askForCode = async () => {
  const answer = await fetch(`${galaxy.gatewayUrl}/api/v1/public/auth/send-email-code`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: eve })
  })
  assert.equal(answer.status, 200)
}

interface Delivery {
  readonly status: string
  readonly next_attempt_at?: string
}

/** The one mail, once it was tried and failed. Time passes slowly enough that a login code doesn't expire. */
const untilTried = () =>
  inTheEnd(async () => {
    await galaxy.advance("1 second")
    const { deliveries } = await galaxy.adminCall<{ deliveries: ReadonlyArray<Delivery> }>("GET", "/mail/deliveries")
    const [delivery] = deliveries
    assert.ok(delivery !== undefined && !["pending", "sending"].includes(delivery.status))
    return delivery
  })

/** Lets time pass until the mail is tried again. */
const untilMailed = async ({ next_attempt_at = "" }: Delivery) => {
  await galaxy.advance(Math.max(0, Date.parse(next_attempt_at) - galaxy.now().getTime()) + 1)
  assert.equal((await galaxy.mail(eve)).to, eve)
}

describe("a mail relay", () => {
  it("that defers gets the mail again", async () => {
    const { undo } = await galaxy.fail.mail("defer")
    await askForCode()
    const deferred = await untilTried()
    assert.deepEqual(galaxy.mails(), [])
    await undo()
    await untilMailed(deferred)
  })

  it("that hangs is given up, and gets the mail again", async () => {
    const { undo } = await galaxy.fail.mail("hang")
    await askForCode()
    const deferred = await untilTried()
    assert.deepEqual(galaxy.mails(), [])
    await undo()
    await untilMailed(deferred)
  })

  it.each(["reject", "drop-after-250"] as const)("that takes none for good (%s) gets later ones", async (fault) => {
    const { undo } = await galaxy.fail.mail(fault)
    await askForCode()
    await untilTried()
    assert.deepEqual(galaxy.mails(), [])
    await undo()
    await galaxy.advance("1 hour")
    await askForCode()
    assert.equal((await galaxy.mail(eve)).to, eve)
    assert.equal(galaxy.mails(eve).length, 1)
  })
})

describe("a database", () => {
  it("that is cut off makes calls fail until it is back", async () => {
    const [ada] = await galaxy.players("Ada")
    {
      using _ = await galaxy.fail.database("cut")
      await assert.rejects(ada.call("user.profile.update", { display_name: "Ada L." }))
    }
    const { display_name } = await inTheEnd(() => ada.call("user.profile.update", { display_name: "Ada L." }))
    assert.equal(display_name, "Ada L.")
  })

  it("that is slow makes calls slow", async () => {
    const [ada] = await galaxy.players("Ada")
    const { undo } = await galaxy.fail.database("slow")
    const start = performance.now()
    await ada.call("user.account.get")
    assert.ok(performance.now() - start >= 95)
    await undo()
    await ada.call("user.account.get")
  })

  it("that is read-only answers reads and refuses writes", async () => {
    const [ada] = await galaxy.players("Ada")
    const { undo } = await galaxy.fail.database("read-only")
    assert.equal((await ada.call("user.account.get")).user_id, ada.userId)
    await assert.rejects(ada.call("user.profile.update", { display_name: "Ada L." }))
    await undo()
    await inTheEnd(() => ada.call("user.profile.update", { display_name: "Ada L." }))
  })

  it("whose connection is half open loses that connection, and no more", async () => {
    const [ada] = await galaxy.players("Ada")
    await using _ = await galaxy.fail.database("half-open")
    const start = performance.now()
    await inTheEnd(() => ada.call("user.account.get"))
    assert.ok(performance.now() - start >= 1_900, "the connection is given up after two seconds")
  })
})

describe("an engine", () => {
  it.each(["crash", "hang", "garbage"] as const)("with the fault %s makes its turns afterwards", async (fault) => {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const game = await galaxy.game([ada, lin], { turnSchedule: "0 6 * * *" })
    const healthy = await galaxy.game([ada], { name: "Other" })
    const report = () => ada.call("user.games.report", { game_id: game.game_id, turn: 0 })
    await report()
    {
      using _ = await galaxy.fail.engine(game, fault)
      const refused = assert.rejects(report())
      // The call to the engine has a deadline of ten seconds.
      const time = setInterval(() => void galaxy.advance("1 second"), 20)
      await refused
      clearInterval(time)
      await ada.call("user.games.report", { game_id: healthy.game_id, turn: 0 })
    }
    await galaxy.advanceToTurn(game, 1)
    assert.equal((await lin.event("game.turn.ready")).payload.turn, 1)
  })
})

describe("a push stream", () => {
  it("that is dropped is resumed: no event is lost", async () => {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const fault = await galaxy.fail.push("drop")
    const game = await galaxy.game([ada, lin])
    assert.deepEqual(lin.events, [])
    fault[Symbol.dispose]()
    assert.equal((await lin.event("lobby.invite.received")).payload.game_id, game.game_id)
    assert.equal((await lin.event("game.started")).payload.game_id, game.game_id)
  })
})

describe("a device whose clock is wrong", () => {
  it("is corrected by the gateway's signed time", async () => {
    const direct = globalThis.fetch
    let requests = 0
    globalThis.fetch = (...args) => {
      requests++
      return direct(...args)
    }
    try {
      const [ada] = await galaxy.players("Ada")
      const cost = async () => {
        const before = requests
        await ada.call("user.account.get")
        return requests - before
      }
      assert.equal(await cost(), 1)
      for (const by of ["5m", "-2 hours"] as const) {
        const { undo } = galaxy.skew(ada, by === "5m" ? by : -7_200_000)
        assert.deepEqual([await cost(), await cost()], [2, 1], `${by}: refused as stale once, and then corrected`)
        await undo()
        assert.deepEqual([await cost(), await cost()], [2, 1])
      }
    } finally {
      globalThis.fetch = direct
    }
  })
})

describe("a restart", () => {
  it.each(["backend", "gateway"] as const)("of the %s interrupts nobody for long", async (part) => {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const game = await galaxy.game([ada, lin])
    await galaxy.restart(part)
    await inTheEnd(() => ada.call("user.account.get"))
    await galaxy.advanceToTurn(game, 2)
    assert.equal((await lin.event("game.turn.ready", (it) => it.payload.turn === 2)).payload.game_id, game.game_id)
  })

  it("without warning in the middle of a turn makes the turn once", async () => {
    const [ada, lin] = await galaxy.players("Ada", "Lin")
    const game = await galaxy.game([ada, lin])
    await galaxy.advance("1 hour")
    await galaxy.restart("backend", { hard: true })
    await galaxy.advanceToTurn(game, 2)
    await ada.event("game.turn.ready", (it) => it.payload.turn === 2)
    const turns = ada.events.flatMap((it) => (it.kind === "game.turn.ready" ? [it.payload.turn] : []))
    assert.deepEqual(turns, [1, 2])
  })
})

describe("Redis", () => {
  it("that isn't there can't fail", async () => {
    await assert.rejects(galaxy.fail.redis(), NotPossible)
  })
})
