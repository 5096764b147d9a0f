/** A game of two whose orders are known, so that its turns can be made again. */
import { createHash } from "node:crypto"
import type { Order } from "@galaxy/contract/engine/Order"
import { botOrders } from "@galaxy/engine/bot/botOrders"
import { styleOf } from "@galaxy/engine/bot/style"
import { Data, Effect } from "effect"
import { patiently, type signIn } from "../parts.ts"

/** A player that has signed in. */
export type Player = Effect.Success<ReturnType<typeof signIn>>

/** The first administrator of the platform. */
export const admin = { user: "op", password: "a long password" }

/** No answer, or none yet since something is on its way up; or a refusal. */
class NotDone extends Data.TaggedError("NotDone")<{ readonly message: string; readonly isRefused: boolean }> {}

/** An administrator's call, which is made again while the platform can't answer it. */
export const asAdmin = (backendUrl: string, method: "GET" | "POST", path: string, body?: object) =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${backendUrl}/api/v1/admin${path}`, {
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${admin.user}:${admin.password}`).toString("base64")}`,
          "content-type": "application/json"
        },
        signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
      return { status: response.status, text: await response.text() }
    },
    catch: (cause) => new NotDone({ message: String(cause), isRefused: false })
  }).pipe(
    Effect.flatMap(({ status, text }) =>
      status < 400
        ? Effect.succeed(JSON.parse(text) as unknown)
        : Effect.fail(new NotDone({ message: `${path}: ${status} ${text}`, isRefused: status < 500 }))
    ),
    Effect.retry({ ...patiently, while: ({ isRefused }) => !isRefused })
  )

/** A call of a player that is made again while the platform can't answer it. */
export const answered = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.retry(call, { ...patiently, while: (error) => error._tag === "Unavailable" })

/** Both players begin a game that no schedule brings on. */
export const begun = (ada: Player, lin: Player) =>
  Effect.gen(function* () {
    const { game_id } = yield* ada.client.call("lobby.games.create", {
      game_name: "Drill",
      min_players: 2,
      max_players: 2,
      turn_schedule: "0 0 29 2 *"
    })
    yield* ada.client.call("lobby.games.open_enrollment", { game_id })
    for (const [player, race_name] of [
      [ada, "Terrans"],
      [lin, "Lyrans"]
    ] as const) {
      const { code, invite_id } = yield* ada.client.call("lobby.invites.issue", { game_id })
      const joining = { game_id, invite_id, race_name, ...(code === undefined ? {} : { code }) }
      yield* player.client.call("lobby.invites.redeem", joining)
    }
    yield* ada.client.call("lobby.games.ready_to_start", { game_id })
    yield* ada.client.call("lobby.games.start", { game_id })
    yield* ada.client
      .call("lobby.games.get", { game_id })
      .pipe(Effect.repeat({ ...patiently, until: (it) => it.status === "running" }))
    return game_id
  })

/** The game's newest turn, as a player sees it. */
export const turnOf = ({ client }: Player, game_id: string) =>
  Effect.map(answered(client.call("lobby.games.get", { game_id })), (it) => it.current_turn ?? 0)

/** Orders of all players for the turn after `turn`, as computer players read their reports. */
export const thought = (players: ReadonlyArray<Player>, game_id: string, turn: number) =>
  Effect.forEach(players, ({ client }) =>
    Effect.map(answered(client.call("user.games.report", { game_id, turn })), (report) =>
      botOrders(report, styleOf(report.race, "fair", "builder"))
    )
  )

/** Orders that were accepted, then the turn that comes of them. */
export const played = (
  backendUrl: string,
  players: ReadonlyArray<Player>,
  game_id: string,
  turn: number,
  orders: ReadonlyArray<ReadonlyArray<Order>>
) =>
  Effect.gen(function* () {
    for (const [at, { client }] of players.entries()) {
      yield* answered(client.call("user.games.order", { game_id, turn: turn - 1, orders: orders[at] ?? [] }))
    }
    yield* asAdmin(backendUrl, "POST", `/runtimes/${game_id}/force-next-turn`, { reason: "the drill goes on" })
    for (const { client } of players) {
      yield* answered(client.call("lobby.games.get", { game_id })).pipe(
        Effect.repeat({ ...patiently, until: (it) => (it.current_turn ?? 0) >= turn })
      )
    }
  })

/** Digest of what a player is told of a turn. */
export const seen = (players: ReadonlyArray<Player>, game_id: string, turn: number) =>
  Effect.forEach(players, ({ client }) =>
    Effect.map(answered(client.call("user.games.report", { game_id, turn })), (report) =>
      createHash("sha256").update(JSON.stringify(report)).digest("hex")
    )
  )
