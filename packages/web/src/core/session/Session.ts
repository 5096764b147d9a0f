/**
 * Who is signed in on this browser: from an address and a code to a client whose calls are signed, and back.
 *
 * A session that the server has ended signs out by itself, whichever call or stream learnt of it. An answer that the
 * pinned key didn't sign never signs out: the session stays, and `alarm` says what was seen.
 */
import type { Answer, Requests } from "@galaxy/client/Calls"
import type { ClientError, Untrusted } from "@galaxy/client/ClientError"
import type { GalaxyClient } from "@galaxy/client/GalaxyClient"
import type { ChallengeId, DeviceSessionId, UserId } from "@galaxy/contract/ids/Ids"
import type { MessageType } from "@galaxy/contract/routes/MessageRoutes"
import * as Result from "effect/Result"
import { make as makeStore, type Readable } from "../Store.ts"
import type { KeyStore, StoredSession } from "./KeyStore.ts"
import type * as Remote from "./remote.ts"

/** Why nobody is signed in. `revoked`: the server has ended the session. `deleted`: the account is gone. */
export type OutReason = "never" | "chosen" | "revoked" | "deleted"

/** A signed-in player. `call` answers with a `Result`, since every failure has words of its own on the screen. */
export interface Player {
  readonly userId: UserId
  readonly deviceSessionId: DeviceSessionId
  readonly client: GalaxyClient
  readonly call: <M extends MessageType>(
    type: M,
    request: Requests[M]
  ) => Promise<Result.Result<Answer<M>, ClientError>>
}

export type SessionState =
  | { readonly _tag: "loading" }
  | { readonly _tag: "out"; readonly why: OutReason }
  | { readonly _tag: "in"; readonly player: Player }

/**
 * What wasn't signed by the pinned key. `otherServer`: the server presents another key now. `altered`: the same key, so
 * an answer was changed on its way.
 */
export type Alarm =
  | { readonly _tag: "altered" }
  | { readonly _tag: "otherServer"; readonly pinned: string; readonly presented: string }

export interface Session {
  readonly state: Readable<SessionState>
  readonly alarm: Readable<Alarm | undefined>
  /** The server's clock minus this machine's, in milliseconds, by the newest signed answer; undefined before one. */
  readonly clockOffset: Readable<number | undefined>
  /**
   * Reads what the browser has kept. Rejects where a session is kept and the part that uses it can't be loaded: nobody is
   * signed out by that, so `state` stays as it is.
   */
  readonly start: () => Promise<void>
  /** Asks for a code by mail; answers the challenge that the code belongs to. */
  readonly askForCode: (email: string, locale: string) => Promise<Result.Result<ChallengeId, ClientError>>
  /** Exchanges the code for a session with a key that is made now and kept by the browser. */
  readonly confirm: (
    challengeId: ChallengeId,
    code: string,
    deviceLabel: string
  ) => Promise<Result.Result<Player, ClientError | Unkeepable>>
  /** Ends the session at the server, if it can be reached in time, and forgets it here in any case. */
  readonly signOut: () => Promise<void>
  /** The server has ended the session, or another tab has signed out: forgets it without asking the server. */
  readonly ended: (why: Exclude<OutReason, "never">) => Promise<void>
  /** Something wasn't signed by the pinned key: asks the server which key it has, and raises the alarm. */
  readonly distrust: (why: Untrusted) => Promise<void>
  /** The person wants to try again. */
  readonly calm: () => void
}

/** The browser makes or keeps no key of the kind that signs, so there can be no session. */
export interface Unkeepable {
  readonly _tag: "Unkeepable"
  readonly why: "crypto" | "storage"
}

export interface Options {
  /** Origin of the gateway. */
  readonly baseUrl: string
  readonly keys: KeyStore
  /** Tells the other tabs of this browser. */
  readonly onEnded?: (why: OutReason) => void
  /** The session has ended, and the browser couldn't forget its key. */
  readonly onNotForgotten?: () => void
  /** Loads the part that asks the server. */
  readonly load?: () => Promise<typeof Remote>
  /** Longest time that signing out waits for the server. */
  readonly signOutMs?: number
}

/** A key's fingerprint, as people compare it: the first 16 hex digits in groups of four. */
export const keyPrint = (key: Uint8Array): string =>
  Array.from(key.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .replace(/(.{4})(?=.)/g, "$1 ")

const unseenMs = 250

/** The part that asks the server can't be loaded: there is no network, or an update has overtaken this page. */
const unloaded = { _tag: "Unavailable", message: "a part of this page can't be loaded" } as ClientError

export const make = (options: Options): Session => {
  const { baseUrl, keys, onEnded, onNotForgotten, signOutMs = 5_000 } = options
  const remote = options.load ?? (() => import("./remote.ts"))
  const state = makeStore<SessionState>({ _tag: "loading" })
  const alarm = makeStore<Alarm | undefined>(undefined)
  const clockOffset = makeStore<number | undefined>(undefined)
  /** What the browser keeps of who is signed in. */
  let kept: StoredSession | undefined

  const ended: Session["ended"] = async (why) => {
    const before = state.get()
    // The end of an account ends its sessions, and the stream may be the first to say so.
    if (before._tag === "out" && (why !== "deleted" || before.why !== "revoked")) return
    state.set({ _tag: "out", why })
    alarm.set(undefined)
    kept = undefined
    // Whatever becomes of the key here: this tab no longer uses it, and the others must not either.
    await keys.clear().catch(() => onNotForgotten?.())
    onEnded?.(why)
  }

  /** The gateway's pinned key has vouched for another one, which is kept in its place. */
  const repin = (gatewayKey: Uint8Array<ArrayBuffer>) => {
    if (kept === undefined) return
    kept = { ...kept, gatewayKey }
    // If it can't be kept, the next start goes the way from the old key to the new one again.
    void keys.save(kept).catch(() => undefined)
  }

  const distrust: Session["distrust"] = async (why) => {
    const before = state.get()
    if (before._tag !== "in") return
    const answer = await (await remote()).presentedKey(baseUrl)
    if (state.get() !== before) return
    const pinned = keyPrint(before.player.client.gatewayKey)
    const presented = Result.isSuccess(answer) ? keyPrint(answer.success) : pinned
    alarm.set(
      // While keys are rotated the server may present a key that the pinned one vouches for.
      why.reason === undefined || presented === pinned
        ? { _tag: "altered" }
        : { _tag: "otherServer", pinned, presented }
    )
  }

  const playerOf = (userId: UserId, client: GalaxyClient): Player => ({
    userId,
    deviceSessionId: client.deviceSessionId,
    client,
    call: async (type, request) => {
      const { call, offsetOf } = await remote()
      const answer = await call(client, type, request)
      if (Result.isSuccess(answer)) {
        const [before, offset] = [clockOffset.get(), offsetOf(client)]
        // Less than that nobody sees, and all countdowns would be drawn again.
        if (before === undefined || Math.abs(offset - before) > unseenMs) clockOffset.set(offset)
      }
      if (Result.isFailure(answer)) {
        if (answer.failure._tag === "SessionEnded") await ended("revoked")
        if (answer.failure._tag === "Untrusted") await distrust(answer.failure)
      }
      return answer
    }
  })

  return {
    state,
    alarm,
    clockOffset,
    ended,
    distrust,
    calm: () => alarm.set(undefined),
    start: async () => {
      kept = await keys.load().catch(() => undefined)
      if (kept === undefined) return state.set({ _tag: "out", why: "never" })
      const client = await (await remote()).reopen(baseUrl, kept, repin)
      if (Result.isFailure(client)) throw client.failure
      return state.set({ _tag: "in", player: playerOf(kept.userId, client.success) })
    },
    askForCode: (email, locale) =>
      remote().then(
        (it) => it.askForCode(baseUrl, email, locale),
        () => Result.fail(unloaded)
      ),
    confirm: async (challengeId, code, deviceLabel) => {
      const opened = await remote().then(
        (it) => it.confirm(baseUrl, challengeId, code, deviceLabel, repin),
        () => Result.fail(unloaded)
      )
      if (opened === undefined) return Result.fail({ _tag: "Unkeepable", why: "crypto" } as const)
      if (Result.isFailure(opened)) return Result.fail(opened.failure)
      const { client, handle, userId } = opened.success
      kept = { userId, deviceSessionId: client.deviceSessionId, handle, gatewayKey: client.gatewayKey }
      try {
        await keys.save(kept)
      } catch {
        kept = undefined
        return Result.fail({ _tag: "Unkeepable", why: "storage" } as const)
      }
      const player = playerOf(userId, client)
      state.set({ _tag: "in", player })
      return Result.succeed(player)
    },
    signOut: async () => {
      const now = state.get()
      if (now._tag !== "in") return
      await (await remote()).revoke(now.player.client, signOutMs).catch(() => undefined)
      await ended("chosen")
    }
  }
}
