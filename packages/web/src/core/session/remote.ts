/**
 * What a session asks the server. It is loaded when it is first needed: the way in is what a new player waits for, and
 * one can type an address without any of it.
 */
import type { Answer, Requests } from "@galaxy/client/Calls"
import { type ClientError, Unavailable } from "@galaxy/client/ClientError"
import * as DeviceKey from "@galaxy/client/DeviceKey"
import type { GalaxyClient, Options as GalaxyClientOptions } from "@galaxy/client/GalaxyClient"
import * as PublicEdge from "@galaxy/client/PublicEdge"
import type { ChallengeId, DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import type { MessageType } from "@galaxy/contract/routes/MessageRoutes"
import { Effect, type Result } from "effect"
import type { StoredSession } from "./KeyStore.ts"

const run = <A, E>(effect: Effect.Effect<A, E>): Promise<Result.Result<A, E>> =>
  Effect.runPromise(Effect.result(effect))

/** The server's pinned key has vouched for this one, which signs now: it is kept instead. */
export type GatewayKeyMoved = (publicKey: Uint8Array<ArrayBuffer>) => void

const clientOf = (
  baseUrl: string,
  deviceSessionId: DeviceSessionId,
  key: DeviceKey.DeviceKey,
  pin: Pick<GalaxyClientOptions, "gatewayKey" | "onGatewayKey">
): Effect.Effect<GalaxyClient, ClientError> =>
  Effect.flatMap(
    Effect.tryPromise({
      try: () => import("@galaxy/client/GalaxyClient"),
      catch: () => new Unavailable({ message: "a part of this page can't be loaded" })
    }),
    (module) =>
      module.make({
        baseUrl,
        session: { deviceSessionId, key },
        ...pin
      })
  )

/** The key that the server presents now. */
export const presentedKey = (baseUrl: string) =>
  run(Effect.map(PublicEdge.gatewayInfo(baseUrl), (info) => info.signingPublicKey))

export const askForCode = (baseUrl: string, email: string, locale: string) =>
  run(PublicEdge.sendEmailCode(baseUrl, { email, locale }))

/** The client of a session that the browser has kept. */
export const reopen = async (baseUrl: string, kept: StoredSession, onGatewayKey: GatewayKeyMoved) => {
  const key = await DeviceKey.fromHandle(kept.handle)
  return run(clientOf(baseUrl, kept.deviceSessionId, key, { gatewayKey: kept.gatewayKey, onGatewayKey }))
}

/** A session that has just been opened, with the key that it is bound to. */
export interface Opened {
  readonly client: GalaxyClient
  readonly userId: UserId
  readonly handle: CryptoKeyPair
}

/** Exchanges a code for a session; undefined where the browser can't make the key. */
export const confirm = async (
  baseUrl: string,
  challengeId: ChallengeId,
  code: string,
  deviceLabel: string,
  onGatewayKey: GatewayKeyMoved
): Promise<Result.Result<Opened, ClientError> | undefined> => {
  const key = await DeviceKey.generate()
  const { handle } = key
  if (handle === undefined) return undefined
  return run(
    Effect.gen(function* () {
      const deviceSessionId = yield* PublicEdge.confirmEmailCode(baseUrl, { challengeId, code, key, deviceLabel })
      const client = yield* clientOf(baseUrl, deviceSessionId, key, { onGatewayKey })
      const account = yield* client.call("user.account.get", {})
      return { client, userId: account.user_id, handle }
    })
  )
}

export const call = <M extends MessageType>(
  client: GalaxyClient,
  type: M,
  request: Requests[M]
): Promise<Result.Result<Answer<M>, ClientError>> => run(client.call(type, request))

/** What the client knows of the server's clock: that minus this machine's, in milliseconds. */
export const offsetOf = (client: GalaxyClient): number => Effect.runSync(client.clockOffset)

/** Ends the client's session at the server, if it can be reached in time. */
export const revoke = (client: GalaxyClient, mostMs: number) =>
  run(
    Effect.timeoutOption(
      Effect.ignore(client.call("user.sessions.revoke", { device_session_id: client.deviceSessionId })),
      mostMs
    )
  )
