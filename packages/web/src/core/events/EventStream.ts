/**
 * The one event stream of all tabs of a browser.
 *
 * A tab leads while it holds the lock: it reads the stream and passes each verified event on. The others follow. A
 * follower that comes into sight and hears of no leader in time takes the lock by force: the leading tab is frozen or
 * gone. Handlers run in every tab and must bear repeats: the position is kept after the leader's have run, so an event
 * comes again where the tab ended in between.
 */
import type { ClientError } from "@galaxy/client/ClientError"
import type { ConnectionState } from "@galaxy/client/ConnectionState"
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import { Cause, Clock, Effect, Exit, Fiber, Option, Stream } from "effect"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import type { StreamStatus, TabMessage } from "./messages.ts"
import type { TabChannel, TabLock, TabSight } from "./ports.ts"

export interface EventStream {
  readonly status: Readable<StreamStatus>
  /** Calls `run` for each event of this kind, `*` for all; answers how to stop that. */
  readonly on: <K extends PlayerEvent["kind"]>(
    kind: K | "*",
    run: (event: Extract<PlayerEvent, { readonly kind: K }>) => void
  ) => () => void
  /** A person asks for a new connection now. */
  readonly reconnect: () => void
  /** Ends this tab's part in it. */
  readonly close: () => void
}

export interface Options {
  readonly player: Player
  readonly lock: TabLock
  readonly channel: TabChannel<TabMessage>
  readonly sight: TabSight
  readonly position: () => Promise<number>
  readonly savePosition: (sequence: number) => Promise<void>
  /** The stream's end: the session has ended, or an event wasn't signed by the pinned key. */
  readonly onEnd: (error: ClientError | undefined) => void
  /** Waits so many milliseconds, for a sign of the leader. */
  readonly sleep: (millis: number) => Promise<void>
}

/** How long a follower in sight waits for a sign of the leader. */
const leaderMs = 1_000

/** Two heartbeats of 20 s and some room. */
const silentMs = 45_000

const statusOf = (state: ConnectionState, online: boolean): StreamStatus => {
  switch (state._tag) {
    case "connecting":
      return { _tag: "connecting" }
    case "live":
      return { _tag: "live" }
    case "waiting":
      return online ? { _tag: "waiting", untilMs: state.untilMs } : { _tag: "offline" }
    case "ended":
      return { _tag: "ended" }
  }
}

export const make = (options: Options): EventStream => {
  const { player, lock, channel, sight } = options
  const status = makeStore<StreamStatus>({ _tag: "connecting" })
  const handlers = new Map<string, Set<(event: PlayerEvent) => void>>()
  const closed = new AbortController()
  let leading = false
  let reconnectNow: Effect.Effect<void> = Effect.void
  let wake: Effect.Effect<void> = Effect.void
  /** Counts the signs of a leader, so that waiting for one can tell whether any came. */
  let signs = 0

  const handle = (event: PlayerEvent) => {
    for (const kind of [event.kind, "*"]) {
      for (const run of handlers.get(kind) ?? []) {
        try {
          run(event)
        } catch (error) {
          // One screen's fault keeps no event from the others.
          queueMicrotask(() => {
            throw error
          })
        }
      }
    }
  }

  /** A full disk costs repeats after the next start, not the events of now. */
  const save = (sequence: number) => options.savePosition(sequence).catch(() => undefined)

  const tell = (next: StreamStatus) => {
    status.set(next)
    channel.post({ _tag: "status", status: next })
  }

  const lead = async (lost: AbortSignal) => {
    leading = true
    const work = Effect.gen(function* () {
      const after = yield* Effect.promise(() => options.position().catch(() => 0))
      const subscription = yield* player.client.subscribe({ after })
      reconnectNow = subscription.reconnectNow
      // A tab that was frozen has missed its own timers: what was silent for too long is dead.
      wake = Effect.gen(function* () {
        const heardAt = yield* subscription.heardAt
        const isWaiting = status.get()._tag === "waiting" || status.get()._tag === "offline"
        const isDead = heardAt !== undefined && (yield* Clock.currentTimeMillis) - heardAt > silentMs
        if (isWaiting || isDead) yield* subscription.reconnectNow
      })
      let kept = after
      const onState = Effect.fnUntraced(function* (state: ConnectionState) {
        tell(statusOf(state, sight.online()))
        if (kept > 0 || state._tag !== "live") return
        // It began at the present: what comes before the next start must not be missed then.
        kept = (yield* subscription.position) ?? 0
        if (kept > 0) yield* Effect.promise(() => save(kept))
      })
      yield* Effect.forkChild(Stream.runForEach(subscription.state, onState))
      yield* Stream.runForEach(subscription.events, (event) =>
        Effect.promise(async () => {
          channel.post({ _tag: "event", event })
          handle(event)
          const reached = event.kind === "gateway.gap" ? event.payload.resumed_after : event.sequence
          if (reached === 0) return
          kept = reached
          await save(reached)
        })
      )
    })
    const fiber = Effect.runFork(work)
    const stop = () => void Effect.runFork(Fiber.interrupt(fiber))
    lost.addEventListener("abort", stop, { once: true })
    closed.signal.addEventListener("abort", stop, { once: true })
    const exit = await Effect.runPromise(Fiber.await(fiber))
    leading = false
    reconnectNow = Effect.void
    wake = Effect.void
    if (lost.aborted || closed.signal.aborted) return
    tell({ _tag: "ended" })
    options.onEnd(Exit.isFailure(exit) ? Option.getOrUndefined(Cause.findErrorOption(exit.cause)) : undefined)
  }

  let place = new AbortController()
  /** Stands in line for the lock, or takes it by force; a tab has one place in the line. */
  const contend = (steal: boolean) => {
    place.abort()
    place = new AbortController()
    const signal = AbortSignal.any([place.signal, closed.signal])
    void lock.hold({ steal, signal, run: lead }).then(
      () => {
        // Stolen by a tab that heard nothing of this one: it follows, and stands in line again.
        if (!signal.aborted && status.get()._tag !== "ended") contend(false)
      },
      () => undefined
    )
  }

  const unlisten = channel.listen((message) => {
    switch (message._tag) {
      case "event":
        signs++
        return handle(message.event)
      case "status":
        signs++
        return status.set(message.status)
      case "ask":
        return leading ? channel.post({ _tag: "status", status: status.get() }) : undefined
      case "reconnect":
        return leading ? void Effect.runFork(reconnectNow) : undefined
    }
  })

  const seekLeader = () => {
    if (leading) return void Effect.runFork(wake)
    const before = signs
    channel.post({ _tag: "ask" })
    void options.sleep(leaderMs).then(() => {
      if (!closed.signal.aborted && !leading && signs === before && sight.visible()) contend(true)
    })
  }
  const unwake = sight.onWake(seekLeader)
  contend(false)

  return {
    status,
    on: (kind, run) => {
      const set = handlers.get(kind) ?? new Set()
      handlers.set(kind, set.add(run as (event: PlayerEvent) => void))
      return () => set.delete(run as (event: PlayerEvent) => void)
    },
    reconnect: () => (leading ? void Effect.runFork(reconnectNow) : channel.post({ _tag: "reconnect" })),
    close: () => {
      closed.abort()
      unlisten()
      unwake()
      channel.close()
    }
  }
}
