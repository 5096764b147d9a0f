/** Players, by the client SDK: signed in on a device through one of the gateways, and listening. */
import type { ClientError } from "@galaxy/client/ClientError"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import * as EventInbox from "@galaxy/client/EventInbox"
import * as GalaxyClient from "@galaxy/client/GalaxyClient"
import type { EventOf, PlayerEvent } from "@galaxy/client/PlayerEvent"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import type { EventKind } from "@galaxy/contract/events/EventKinds"
import { Effect, Option, Schedule, Stream } from "effect"
import { mailTo } from "./mails.ts"
import { patience, until } from "./patience.ts"
import { Stack } from "./Stack.ts"

/** A signed-in player on one device. */
export interface Player {
  readonly name: string
  /** The lower-case name at example.org. */
  readonly email: string
  readonly userId: string
  readonly session: GalaxyClient.Options["session"]
  /** Through the gateway that they signed in at. */
  readonly client: GalaxyClient.GalaxyClient
}

/** The code of eight digits in a mail. */
export const codeIn = (text: string): string => /\b\d{8}\b/.exec(text)?.[0] ?? ""

/** The address of a player of this name. */
export const addressOf = (name: string): string => `${name.toLowerCase()}@example.org`

/** A client of a session at one of the gateways. */
export const clientAt = (gateway: 0 | 1, session: GalaxyClient.Options["session"]) =>
  Effect.flatMap(Stack, (stack) => GalaxyClient.make({ baseUrl: stack.gateways[gateway], session }))

/** Signs a new player in, with the code from the mail. Their only call so far is the one that reads their account. */
export const signIn = (name: string, gateway: 0 | 1 = 0) =>
  Effect.gen(function* () {
    const baseUrl = (yield* Stack).gateways[gateway]
    const email = addressOf(name)
    const key = yield* Effect.promise(() => DeviceKey.generate())
    const challengeId = yield* PublicEdge.sendEmailCode(baseUrl, { email, locale: "en" })
    const { text } = yield* mailTo(email, "a login code", (mail) => codeIn(mail.text) !== "")
    const confirmed = { challengeId, code: codeIn(text), key, timeZone: "UTC" }
    const session = { deviceSessionId: yield* PublicEdge.confirmEmailCode(baseUrl, confirmed), key }
    const client = yield* clientAt(gateway, session)
    const { user_id: userId } = yield* client.call("user.account.get", {})
    const player: Player = { name, email, userId, session, client }
    return player
  })

/** A player's events, from the moment at which their stream is open. */
export interface Listening {
  /** The next event of this kind that fits; those before it are passed over. */
  next<K extends EventKind>(
    kind: K,
    fits?: (event: EventOf<K>) => boolean
  ): Effect.Effect<EventOf<K>, EventInbox.EventMissing>
  /** How the stream ended, once it has: the tag of its failure, or `end`. */
  readonly ended: Effect.Effect<string, EventInbox.EventMissing>
}

/** Opens the player's event stream until the scope closes. */
export const listen = (player: Player, client = player.client) =>
  Effect.gen(function* () {
    const { events, state } = yield* client.subscribe("now")
    const inbox = yield* EventInbox.open({ ...client, events: () => events }, { name: player.name, patience })
    yield* until(`the stream of ${player.name}`, Stream.runHead(Stream.filter(state, (it) => it._tag === "live")))
    const listening: Listening = {
      next: <K extends EventKind>(kind: K, fits: (event: EventOf<K>) => boolean = () => true) =>
        inbox.next(
          (event: PlayerEvent): event is EventOf<K> & PlayerEvent => event.kind === kind && fits(event as EventOf<K>),
          kind
        ),
      ended: inbox.ended
    }
    return listening
  })

/** Tries a call again while nobody answers it, as a player's program does; it may run twice. */
export const retried = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
  Effect.retry(call, {
    times: 300,
    schedule: Schedule.spaced("200 millis"),
    while: (error) => error._tag === "Unavailable"
  })

/** How a call was refused: the code and reason of a backend's refusal, the reason of a gateway's. */
export const refusalOf = <A, R>(call: Effect.Effect<A, ClientError, R>): Effect.Effect<string, never, R> =>
  Effect.match(call, {
    onSuccess: () => "not refused",
    onFailure: (error) => {
      if (error._tag === "CallFailed") return [error.code, error.reason].filter(Boolean).join(" ")
      return error._tag === "Refused" || error._tag === "SessionEnded"
        ? error.reason
        : `${error._tag}: ${error.message}`
    }
  })

/** The value, where there is one: for what a test expects to be there. */
export const there = <A>(value: A | undefined, what: string) =>
  Option.match(Option.fromUndefinedOr(value), {
    onNone: () => Effect.die(new Error(`${what} is missing`)),
    onSome: (it: A) => Effect.succeed(it)
  })
