import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { player, runGame, signIn } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Clock, Effect, Fiber, Stream } from "effect"

layer(TestGalaxy.layer(), { timeout: "240 seconds", excludeTestServices: true })("sessions", (it) => {
  it.effect("of one player are listed, and one of them is ended by another", () =>
    Effect.gen(function* () {
      const phone = yield* player("Ida")
      const laptop = yield* signIn("Ida")
      assert.strictEqual(laptop.userId, phone.userId)
      const { sessions } = yield* laptop.client.call("user.sessions.list", {})
      assert.sameMembers(
        sessions.map((it) => it.device_session_id),
        [phone.client.deviceSessionId, laptop.client.deviceSessionId]
      )
      assert.deepStrictEqual(
        sessions.filter((it) => it.current).map((it) => it.device_session_id),
        [laptop.client.deviceSessionId]
      )
      yield* laptop.client.call("user.sessions.revoke", { device_session_id: phone.client.deviceSessionId })
      assert.strictEqual(yield* phone.events.ended, "SessionEnded")
      const next = yield* Effect.flip(phone.client.call("user.account.get", {}))
      assert.strictEqual(next._tag, "SessionEnded")
      yield* laptop.client.call("user.account.get", {})
    })
  )

  it.effect("of others can't be ended, nor told from ones that don't exist", () =>
    Effect.gen(function* () {
      const [ann, bob] = [yield* player("Ann"), yield* player("Bob")]
      const errors = yield* Effect.forEach(
        [bob.client.deviceSessionId, "0190f7a2-6d3e-7c11-9a55-1f2e3d4c5b6a", "nonsense"],
        (id) => Effect.flip(ann.client.call("user.sessions.revoke", { device_session_id: id }))
      )
      assert.strictEqual(new Set(errors.map((it) => `${it._tag} ${it.message}`)).size, 1)
      yield* bob.client.call("user.account.get", {})
    })
  )

  it.effect("are all ended at once", () =>
    Effect.gen(function* () {
      const one = yield* player("Uma")
      const two = yield* player("Uma")
      const { revoked } = yield* one.client.call("user.sessions.revoke_all", {})
      assert.strictEqual(revoked.length, 2)
      assert.deepStrictEqual([yield* one.events.ended, yield* two.events.ended], ["SessionEnded", "SessionEnded"])
    })
  )

  it.effect("end with the account, which is set up before", () =>
    Effect.gen(function* () {
      const eve = yield* player("Eve")
      const named = yield* eve.client.call("user.profile.update", { display_name: "Eve the First" })
      assert.strictEqual(named.display_name, "Eve the First")
      const kept = yield* eve.client.call("user.settings.update", { mail_kinds_off: ["game.started"] })
      assert.deepStrictEqual([kept.display_name, kept.mail_kinds_off], ["Eve the First", ["game.started"]])
      const cleared = yield* eve.client.call("user.profile.update", { display_name: "" })
      assert.strictEqual(cleared.display_name, "")
      assert.deepStrictEqual(yield* eve.client.call("user.account.delete", {}), {})
      assert.strictEqual(yield* eve.events.ended, "SessionEnded")
      assert.strictEqual((yield* Effect.flip(eve.client.call("user.account.get", {})))._tag, "SessionEnded")
    })
  )

  it.effect("work from a device whose clock is an hour off", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const { session } = yield* signIn("Kim")
      const real = yield* Clock.Clock
      const slow: Clock.Clock = {
        currentTimeNanosUnsafe: () => real.currentTimeNanosUnsafe(),
        currentTimeNanos: real.currentTimeNanos,
        monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
        monotonicTimeNanos: real.monotonicTimeNanos,
        sleep: (duration) => real.sleep(duration),
        currentTimeMillisUnsafe: () => real.currentTimeMillisUnsafe() - 3_600_000,
        currentTimeMillis: Effect.map(real.currentTimeMillis, (it) => it - 3_600_000)
      }
      const account = yield* Effect.gen(function* () {
        const client = yield* GalaxyClient.make({ baseUrl: galaxy.gatewayUrl, session })
        return yield* client.call("user.account.get", {})
      }).pipe(Effect.provideService(Clock.Clock, slow))
      assert.strictEqual(account.email, "kim@example.org")
    })
  )

  it.effect("that were away get what they missed, in order and once", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const away = yield* signIn("Noa")
      const host = yield* player("Eli")
      const noa = { ...away, events: host.events }
      yield* runGame([host, noa])
      for (const turn of [1, 2, 3]) {
        yield* galaxy.advance("1 hour")
        yield* host.events.next((it) => it.kind === "game.turn.ready" && it.payload.turn === turn, `turn ${turn}`)
      }
      // Event 1 was the invite, event 2 the start.
      const missed = yield* away.client
        .events({ after: 2 })
        .pipe(Stream.take(3), Stream.runCollect, Effect.timeout("20 seconds"))
      assert.deepStrictEqual(
        missed.map((it) => [it.sequence, it.kind === "game.turn.ready" ? it.payload.turn : undefined]),
        [
          [3, 1],
          [4, 2],
          [5, 3]
        ]
      )
    })
  )

  it.effect("hear heartbeats and stay open through hours of silence", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const guest = yield* signIn("Gus")
      const listening = yield* guest.client.events("now").pipe(Stream.runDrain, Effect.forkChild)
      yield* galaxy.advance("3 hours")
      yield* guest.client.call("user.account.get", {})
      assert.isUndefined(listening.pollUnsafe())
      yield* Fiber.interrupt(listening)
    })
  )
})
