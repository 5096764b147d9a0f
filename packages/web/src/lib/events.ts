/** The event stream of the player who is signed in, as the pages of this tab hear it. */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import type { EventStream } from "../core/events/EventStream.ts"
import type { StreamStatus, TabMessage } from "../core/events/messages.ts"
import * as StreamPart from "../core/events/streamPart.ts"
import type { KeyStore } from "../core/session/KeyStore.ts"
import type { Session, SessionState } from "../core/session/Session.ts"
import { make as makeStore, type Readable } from "../core/Store.ts"
import { tabChannel, tabLock, tabSight } from "../platform/tabs.ts"

export interface Events {
  /** Where the stream stands. */
  readonly status: Readable<StreamStatus>
  /** Calls `run` for each event of this tab's player; returns how to stop that. It survives signing out and in. */
  readonly onEvent: (run: (event: PlayerEvent) => void) => () => void
  /** A person wants the connection anew. */
  readonly reconnect: () => void
  /**
   * Opens the stream again after an alarm. It may begin at the present: nothing is known of an event that was dropped, not
   * even its position.
   */
  readonly trustAgain: () => void
}

/** Stands for whatever wasn't heard while there was no stream; pages ask anew for what they show. */
const unheard: PlayerEvent = {
  kind: "gateway.gap",
  type: "gateway.gap",
  id: "",
  sequence: 0,
  timestampMs: 0,
  payload: { first_missing: 0, last_missing: 0, resumed_after: 0 },
  payloadBytes: new Uint8Array()
}

const sleep = (millis: number) => new Promise<void>((done) => void setTimeout(done, millis))

/** Follows the session: whoever is signed in has a stream. */
export const makeEvents = (session: Session, keys: KeyStore): Events => {
  const status = makeStore<StreamStatus>({ _tag: "connecting" })
  const handlers = new Set<(event: PlayerEvent) => void>()
  let stream: EventStream | undefined
  let coming: Pick<StreamPart.StreamPart<unknown>, "again" | "close"> | undefined

  const follow = async (state: SessionState) => {
    coming?.close()
    stream?.close()
    coming = stream = undefined
    if (state._tag !== "in") return
    const { deviceSessionId } = state.player
    const part = StreamPart.make(() => import("../core/events/EventStream.ts"), {
      sight: tabSight,
      sleep,
      now: () => Date.now(),
      tell: status.set
    })
    coming = part
    const loaded = await part.loaded
    if (loaded === undefined || coming !== part) return
    coming = undefined
    stream = loaded.make({
      player: state.player,
      lock: tabLock(`galaxy:events:${deviceSessionId}`),
      channel: tabChannel<TabMessage>(`galaxy:events:${deviceSessionId}`),
      sight: tabSight,
      sleep,
      position: () => keys.position(deviceSessionId),
      savePosition: (sequence) => keys.savePosition(deviceSessionId, sequence),
      onEnd: (error) => {
        if (error?._tag === "SessionEnded") void session.ended("revoked")
        if (error?._tag === "Untrusted") void session.distrust(error)
      }
    })
    stream.on("*", (event) => {
      for (const run of handlers) run(event)
    })
    stream.status.subscribe(status.set)
  }
  session.state.subscribe((state) => void follow(state))

  return {
    status,
    onEvent: (run) => {
      handlers.add(run)
      return () => handlers.delete(run)
    },
    reconnect: () => {
      coming?.again()
      stream?.reconnect()
    },
    trustAgain: () => {
      session.calm()
      void follow(session.state.get())
      for (const run of handlers) run(unheard)
    }
  }
}
