/**
 * A player that is a program: takes every invite, and orders its planets anew each turn.
 *
 * It wakes on signed events only. What it missed while it was away it gets by the last sequence that it handled.
 */
import { CallFailed } from "@galaxy/client/ClientError"
import type { GalaxyClient } from "@galaxy/client/GalaxyClient"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import { Effect, Stream } from "effect"

/** Half of the planets research, the rest builds industry. */
const order = (client: GalaxyClient, game_id: string, turn: number) =>
  Effect.gen(function* () {
    const report = yield* client.call("user.games.report", { game_id, turn })
    const orders = report.my_planets.map(
      (planet, index) => ({ op: "produce", planet: planet.number, product: index % 2 === 0 ? "DRIVE" : "CAP" }) as const
    )
    const answer = yield* client.call("user.games.order", { game_id, turn, orders })
    return answer.verdicts.filter((it) => it.accepted).length
  })

const join = (client: GalaxyClient, raceName: string, game_id: string, invite_id: string) =>
  client
    .call("lobby.invites.redeem", { game_id, invite_id, race_name: raceName })
    .pipe(Effect.as(`joined a game as ${raceName}`))

const react = (client: GalaxyClient, raceName: string) => (event: PlayerEvent) => {
  switch (event.kind) {
    case "lobby.invite.received":
      return join(client, raceName, event.payload.game_id, event.payload.invite_id)
    case "game.turn.ready": {
      const { game_id, turn } = event.payload
      return Effect.map(order(client, game_id, turn), (accepted) => `turn ${turn}: ${accepted} orders accepted`)
    }
    default:
      return Effect.succeed(`passed over ${event.type}`)
  }
}

/** Invites that came before the bot was there. */
const waiting = (client: GalaxyClient, raceName: string) =>
  Effect.gen(function* () {
    const account = yield* client.call("user.account.get", {})
    const { invites } = yield* client.call("lobby.my.invites", {})
    const mine = invites.filter((it) => it.status === "pending" && it.invited_user_id === account.user_id)
    return yield* Effect.forEach(mine, (it) => said(join(client, raceName, it.game_id, it.invite_id)))
  })

/** What couldn't be done is said and ends nothing. */
const said = <E, R>(deed: Effect.Effect<string, E | CallFailed, R>) =>
  Effect.catchIf(
    deed,
    (error): error is CallFailed => error instanceof CallFailed,
    (error) => Effect.succeed(`refused: ${error.message}`)
  )

/** What the bot does, as it does it. */
export const play = (client: GalaxyClient, raceName: string, from: "now" | { readonly after: number } = "now") =>
  Stream.fromIterableEffect(waiting(client, raceName)).pipe(
    Stream.concat(client.events(from).pipe(Stream.mapEffect((event) => said(react(client, raceName)(event)))))
  )
