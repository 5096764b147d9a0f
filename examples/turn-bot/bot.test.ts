import * as TestGalaxy from "@galaxy/testkit/Galaxy"
import { gameIn, player, signIn } from "@galaxy/testkit/players"
import { assert, layer } from "@effect/vitest"
import { Effect, Queue, Stream } from "effect"
import { play } from "./bot.ts"

layer(TestGalaxy.layer(), { timeout: "60 seconds", excludeTestServices: true })("the turn bot", (it) => {
  it.effect("accepts its invite and orders every turn", () =>
    Effect.gen(function* () {
      const galaxy = yield* TestGalaxy.Galaxy
      const ada = yield* player("Ada")
      const bot = yield* signIn("Bot")
      const { game_id } = yield* ada.client.call("lobby.games.create", {
        game_name: "Bots welcome",
        min_players: 2,
        max_players: 2,
        turn_schedule: "0 * * * *"
      })
      yield* ada.client.call("lobby.games.open_enrollment", { game_id })
      yield* ada.client.call("lobby.invites.issue", { game_id, invited_user_id: bot.userId })

      const said = yield* Queue.unbounded<string>()
      // The invite was event 1: the bot finds it waiting, and hears of everything after it.
      yield* Effect.forkScoped(
        Stream.runForEach(play(bot.client, "Botians", { after: 1 }), (line) => Queue.offer(said, line))
      )
      const hears = (text: string) =>
        Queue.take(said).pipe(Effect.repeat({ until: (line) => line.includes(text) }), Effect.timeout("20 seconds"))
      yield* hears("joined a game as Botians")

      const { invite_id } = yield* ada.client.call("lobby.invites.issue", { game_id, invited_user_id: ada.userId })
      yield* ada.client.call("lobby.invites.redeem", { game_id, invite_id, race_name: "Terrans" })
      yield* ada.client.call("lobby.games.ready_to_start", { game_id })
      yield* ada.client.call("lobby.games.start", { game_id })
      yield* gameIn(ada, game_id, "running")
      for (const turn of [1, 2]) {
        yield* galaxy.advance("1 hour")
        assert.strictEqual(yield* hears(`turn ${turn}:`), `turn ${turn}: 3 orders accepted`)
      }
    })
  )
})
