/** Players and games for tests: signed in, seated and running with a line or two. */
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as EventInbox from "@galaxy/client/EventInbox"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import { Data, Effect, Schedule } from "effect"
import { Galaxy } from "./Galaxy.ts"

/** An expected state wasn't reached in time. */
export class NotReady extends Data.TaggedError("NotReady")<{ readonly message: string }> {}

/** Polls in real time for about 15 seconds, since the platform works on other fibers and sockets. */
const patiently = { times: 600, schedule: Schedule.spaced("25 millis") }

const codeFor = (email: string, before: number) =>
  Effect.gen(function* () {
    const mails = (yield* (yield* Galaxy).mails).filter((it) => it.to === email)
    const code = mails.length > before ? /\b\d{8}\b/.exec(mails.at(-1)?.text ?? "")?.[0] : undefined
    return code === undefined ? yield* new NotReady({ message: `no code was mailed to ${email}` }) : code
  }).pipe(Effect.retry(patiently))

/**
 * Signs a player in on a new device, with the code from the mail. The same name again is another device of the same
 * player.
 */
export const signIn = (name: string) =>
  Effect.gen(function* () {
    const galaxy = yield* Galaxy
    const email = `${name.toLowerCase()}@example.org`
    const before = (yield* galaxy.mails).filter((it) => it.to === email).length
    const key = yield* Effect.promise(() => DeviceKey.generate())
    const challengeId = yield* PublicEdge.sendEmailCode(galaxy.gatewayUrl, { email })
    const code = yield* codeFor(email, before)
    const deviceSessionId = yield* PublicEdge.confirmEmailCode(galaxy.gatewayUrl, {
      challengeId,
      code,
      key,
      timeZone: "UTC"
    })
    const session = { deviceSessionId, key }
    const client = yield* GalaxyClient.make({ baseUrl: galaxy.gatewayUrl, session })
    const { user_id: userId } = yield* client.call("user.account.get", {})
    return { name, email, client, userId, session }
  })

/** A signed-in player on one device. `email` is the lower-case name at example.org. */
export interface TestPlayer {
  readonly name: string
  readonly email: string
  readonly client: GalaxyClient.GalaxyClient
  readonly userId: string
  readonly session: GalaxyClient.Options["session"]
}

/** Signs a player in and listens to their events until the scope closes. */
export const player = (name: string) =>
  Effect.gen(function* () {
    const signedIn = yield* signIn(name)
    return { ...signedIn, events: yield* EventInbox.open(signedIn.client, { name }) }
  })

/** Polls until the game has this status; fails with `NotReady` after about 15 seconds. */
export const gameIn = (owner: TestPlayer, gameId: string, status: string) =>
  owner.client.call("lobby.games.get", { game_id: gameId }).pipe(
    Effect.flatMap((game) =>
      game.status === status
        ? Effect.succeed(game)
        : Effect.fail(
            new NotReady({ message: `the game is ${game.status}, not ${status}: ${game.failure_reason ?? ""}` })
          )
    ),
    Effect.retry({ ...patiently, while: (error) => error._tag === "NotReady" })
  )

/** A private game of the first player, with all players seated as `Race_<name>`; ready to start. */
const formGame = (
  players: readonly [TestPlayer, ...ReadonlyArray<TestPlayer>],
  options: { readonly turnSchedule?: string; readonly timeZone?: string } = {}
) =>
  Effect.gen(function* () {
    const [owner] = players
    const game = yield* owner.client.call("lobby.games.create", {
      game_name: "Test",
      min_players: players.length,
      max_players: players.length,
      turn_schedule: options.turnSchedule ?? "0 * * * *",
      time_zone: options.timeZone ?? "UTC"
    })
    const of = { game_id: game.game_id }
    yield* owner.client.call("lobby.games.open_enrollment", of)
    for (const it of players) {
      const invite = yield* owner.client.call("lobby.invites.issue", { ...of, invited_user_id: it.userId })
      yield* it.client.call("lobby.invites.redeem", {
        ...of,
        invite_id: invite.invite_id,
        race_name: `Race_${it.name}`
      })
    }
    return yield* owner.client.call("lobby.games.ready_to_start", of)
  })

/** A private game of the first player, with all players seated as `Race_<name>`; started and running. */
export const runGame = (
  players: readonly [TestPlayer, ...ReadonlyArray<TestPlayer>],
  options: { readonly turnSchedule?: string; readonly timeZone?: string } = {}
) =>
  Effect.gen(function* () {
    const { game_id } = yield* formGame(players, options)
    yield* players[0].client.call("lobby.games.start", { game_id })
    return yield* gameIn(players[0], game_id, "running")
  })
