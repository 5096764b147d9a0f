/**
 * The orders of one game as they are written: kept on the device at once, saved at the server soon, never lost.
 *
 * Each edit goes to the device's storage first. It is sent `saveMs` after the last one, with the revision that this
 * device knows, so that a list which somebody else has written meanwhile is never overwritten: the player is shown both.
 * Where the turn takes no more orders, edits wait here and go into the next turn.
 */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import * as DraftLines from "./draftLines.ts"
import type { DraftKeep } from "./ports.ts"
import type { Timer } from "./Timer.ts"

/** Why a turn takes no orders at the moment. `passed`: a newer turn has been made. */
export type ClosedWhy = "generating" | "passed" | "paused" | "finished"

/** Where the list stands. */
export type SaveState =
  /** The server hasn't yet told what it has. */
  | { readonly _tag: "loading" }
  /** `at` is when, in Unix milliseconds; undefined where it was saved before this page was opened. */
  | { readonly _tag: "saved"; readonly at: number | undefined }
  | { readonly _tag: "saving" }
  /** On this device alone. Without `error` it is sent in a moment; `retryAt` is when it is tried again. */
  | { readonly _tag: "unsaved"; readonly error?: ClientError; readonly retryAt?: number }
  /** Another device has written meanwhile, and the player must say what counts. */
  | { readonly _tag: "changed"; readonly theirs: ReadonlyArray<Order> }
  | { readonly _tag: "closed"; readonly why: ClosedWhy }

/** What is thought of a line. `changed`: the server judged otherwise than this device had. */
export interface LineVerdict {
  readonly accepted: boolean
  readonly code?: string
  readonly message?: string
  readonly from: "server" | "forecast"
  readonly changed: boolean
}

export interface DraftState {
  readonly turn: number
  readonly lines: DraftLines.Lines
  /** By the ids of lines; a line without one hasn't been judged yet. */
  readonly verdicts: ReadonlyMap<number, LineVerdict>
  readonly save: SaveState
}

export interface Draft {
  readonly state: Readable<DraftState>
  /** Changes the list by a function of `draftLines`. */
  readonly edit: (change: (lines: DraftLines.Lines) => DraftLines.Lines) => void
  /** Begins with a turn; edits of the turn before that were never saved come along. `closed` when it has passed. */
  readonly open: (turn: number, closed?: ClosedWhy) => Promise<void>
  /** The turn takes no orders from now on. */
  readonly close: (why: ClosedWhy) => void
  /** The turn may take orders again, or the server may have news: asks it. */
  readonly refresh: () => Promise<void>
  /** Sends at once what waits to be sent. Is done once the server has answered. */
  readonly flush: () => Promise<void>
  /** Ends `changed` with this list. */
  readonly resolve: (orders: ReadonlyArray<Order>) => void
  /** Judges the lines anew, once there is a report to judge by. */
  readonly judge: () => void
  readonly end: () => void
}

export interface Options {
  readonly gameId: string
  readonly call: Player["call"]
  readonly keep: DraftKeep
  readonly timer: Timer
  /** Verdicts as far as this device can know; undefined while it knows too little. */
  readonly forecast: (turn: number, orders: ReadonlyArray<Order>) => Promise<ReadonlyArray<OrderVerdict> | undefined>
  /** The server says that the turn has passed. */
  readonly onPassed: () => void
  readonly saveMs?: number
}

const retryFirstMs = 2_000
const retryMostMs = 60_000

/** Why a refusal means that the turn takes no orders; undefined where it means something else. */
export const closedBy = (error: ClientError): ClosedWhy | undefined => {
  if (error._tag !== "CallFailed" || error.code !== "conflict") return undefined
  switch (error.reason) {
    case "generating":
    case "turn_closed":
      return "generating"
    case "turn_passed":
      return "passed"
    case "paused":
      return "paused"
    case "wrong_state":
      return "finished"
    default:
      return undefined
  }
}

const mayHelp = (error: ClientError): boolean =>
  error._tag === "Unavailable" ||
  error._tag === "Refused" ||
  (error._tag === "CallFailed" && ["internal_error", "service_unavailable", "rate_limited"].includes(error.code))

export const make = (options: Options): Draft => {
  const { gameId, call, keep, timer, saveMs = 800 } = options
  const state = makeStore<DraftState>({
    turn: 0,
    lines: DraftLines.start([]),
    verdicts: new Map(),
    save: { _tag: "loading" }
  })
  /** What the server had when it was last heard, and the revision of it. */
  let base: ReadonlyArray<Order> = []
  let revision = 0
  let hydrated = false
  let running: Promise<void> | undefined
  let again = false
  let failures = 0
  let cancel: (() => void) | undefined
  let ended = false

  const orders = () => DraftLines.ordersOf(state.get().lines)
  const isDirty = () => !DraftLines.sameOrders(orders(), base)
  const setSave = (save: SaveState) => state.update((now) => ({ ...now, save }))

  const keepNow = () => {
    const { turn } = state.get()
    // A device that keeps nothing still has the page.
    void keep.save(gameId, { turn, orders: orders(), base, revision, unsaved: isDirty() }).catch(() => undefined)
  }

  const judge = () => {
    const { turn, lines } = state.get()
    void options.forecast(turn, DraftLines.ordersOf(lines)).then(
      (verdicts) => {
        const now = state.get()
        if (verdicts === undefined || now.turn !== turn || now.lines.lines !== lines.lines) return
        // Nothing to forecast where the server has judged this very list.
        if (hydrated && !isDirty() && lines.lines.every(({ id }) => now.verdicts.get(id)?.from === "server")) return
        state.set({
          ...now,
          verdicts: new Map(
            lines.lines.map(({ id }, index) => {
              const { accepted = true, code } = verdicts[index] ?? {}
              return [id, { accepted, ...(code === undefined ? {} : { code }), from: "forecast", changed: false }]
            })
          )
        })
      },
      () => undefined
    )
  }

  const judged = (ids: ReadonlyArray<number>, verdicts: ReadonlyArray<OrderVerdict>) =>
    state.update((now) => ({
      ...now,
      verdicts: new Map(
        ids.map((id, index) => {
          const { accepted = true, code, message } = verdicts[index] ?? {}
          const before = now.verdicts.get(id)
          const changed = before !== undefined && before.accepted !== accepted
          return [
            id,
            {
              accepted,
              ...(code === undefined ? {} : { code }),
              ...(message === undefined ? {} : { message }),
              from: "server",
              changed
            }
          ]
        })
      )
    }))

  const after = (ms: number, run: () => void) => {
    cancel?.()
    cancel = timer.after(ms, () => {
      cancel = undefined
      run()
    })
  }

  const later = (error: ClientError, run: () => void) => {
    if (ended) return
    if (!mayHelp(error)) return setSave({ _tag: "unsaved", error })
    const backoff = Math.min(retryMostMs, retryFirstMs * 2 ** failures++)
    const asked = "retryAfterMs" in error ? (error.retryAfterMs ?? 0) : 0
    const ms = Math.max(asked, backoff * (0.5 + timer.random() / 2))
    setSave({ _tag: "unsaved", error, retryAt: timer.now() + ms })
    after(ms, run)
  }

  /** Takes the server's list as it is. */
  const adopt = (theirs: ReadonlyArray<Order>, verdicts: ReadonlyArray<OrderVerdict>, at?: number) => {
    base = theirs
    const now = state.get()
    const lines = DraftLines.sameOrders(orders(), theirs) ? now.lines : DraftLines.start(theirs, now.lines.nextId)
    state.set({ ...now, lines, save: now.save._tag === "closed" ? now.save : { _tag: "saved", at } })
    judged(
      lines.lines.map(({ id }) => id),
      verdicts
    )
    keepNow()
  }

  const schedule = () => {
    const { save } = state.get()
    if (ended || save._tag === "closed" || save._tag === "changed") return
    if (!hydrated) return
    if (save._tag !== "saving") setSave({ _tag: "unsaved" })
    after(saveMs, () => void send())
  }

  /** Asks the server which list it has, and brings both together. */
  const hydrate = async (merge: boolean): Promise<void> => {
    const { turn } = state.get()
    const answer = await call("user.games.order.get", { game_id: gameId, turn })
    if (ended || state.get().turn !== turn) return
    if (Result.isFailure(answer)) return later(answer.failure, () => void hydrate(merge))
    failures = 0
    const { orders: theirs, verdicts } = answer.success
    const theirRevision = answer.success.revision ?? 0
    const mine = orders()
    const known = base
    const knew = hydrated || !merge
    const unchanged = DraftLines.sameOrders(theirs, known) && (revision === 0 || revision === theirRevision)
    hydrated = true
    revision = theirRevision
    if (DraftLines.sameOrders(mine, known) || DraftLines.sameOrders(mine, theirs)) return adopt(theirs, verdicts)
    base = theirs
    if (unchanged || state.get().save._tag === "closed") return resume()
    if (knew) return setSave({ _tag: "changed", theirs })
    // What was written before the server's list was known comes after it.
    state.update((now) => ({
      ...now,
      lines: {
        ...DraftLines.start([...theirs, ...DraftLines.without(mine, theirs)], now.lines.nextId),
        past: now.lines.past
      }
    }))
    return resume()
  }

  const resume = () => {
    keepNow()
    judge()
    if (state.get().save._tag !== "closed") setSave({ _tag: "unsaved" })
    schedule()
  }

  const sendOnce = async (): Promise<void> => {
    const { turn, lines } = state.get()
    const sent = DraftLines.ordersOf(lines)
    setSave({ _tag: "saving" })
    const answer = await call("user.games.order", { game_id: gameId, turn, orders: sent, if_revision: revision })
    if (ended || state.get().turn !== turn) return
    if (Result.isSuccess(answer)) {
      failures = 0
      base = sent
      revision = answer.success.revision ?? revision
      keepNow()
      if (DraftLines.sameOrders(orders(), sent)) {
        setSave({ _tag: "saved", at: timer.now() })
        judged(
          lines.lines.map(({ id }) => id),
          answer.success.verdicts
        )
      } else again = true
      return
    }
    const { failure } = answer
    const why = closedBy(failure)
    if (why !== undefined) {
      setSave({ _tag: "closed", why })
      if (why === "passed") options.onPassed()
      return
    }
    // Also after a call that was lost on its way and had arrived: then the server's list is this one.
    if (failure._tag === "CallFailed" && failure.reason === "orders_changed") return hydrate(false)
    return later(failure, () => void send())
  }

  const send = (): Promise<void> => {
    cancel?.()
    cancel = undefined
    const { save } = state.get()
    if (ended || !hydrated || save._tag === "closed" || save._tag === "changed") return Promise.resolve()
    if (running !== undefined) {
      again = true
      return running
    }
    running = (async () => {
      do {
        again = false
        if (!isDirty()) {
          if (state.get().save._tag !== "saved") setSave({ _tag: "saved", at: timer.now() })
          break
        }
        await sendOnce()
      } while (again && state.get().save._tag === "saving")
      running = undefined
    })()
    return running
  }

  return {
    state,
    judge,
    edit: (change) => {
      const now = state.get()
      const lines = change(now.lines)
      if (lines === now.lines) return
      state.set({ ...now, lines })
      keepNow()
      judge()
      schedule()
    },
    open: async (turn, closed) => {
      const first = state.get().save._tag === "loading" && state.get().lines.lines.length === 0
      // Between turns of one page: what wasn't saved comes along.
      let carried = first ? [] : DraftLines.without(orders(), base)
      cancel?.()
      again = false
      failures = 0
      hydrated = false
      base = []
      revision = 0
      let merge = true
      const nextId = state.get().lines.nextId
      const begin = (list: ReadonlyArray<Order>) =>
        state.set({
          turn,
          lines: DraftLines.start(list, nextId),
          verdicts: new Map(),
          save: closed === undefined ? { _tag: "loading" } : { _tag: "closed", why: closed }
        })
      begin(carried)
      const kept = first ? await keep.load(gameId).catch(() => undefined) : undefined
      if (ended || state.get().turn !== turn) return
      if (kept !== undefined && kept.turn === turn) {
        base = kept.base
        revision = kept.revision
        merge = false
        const typed = DraftLines.without(orders(), [])
        begin([...kept.orders, ...typed])
      } else if (kept !== undefined && kept.unsaved && kept.turn < turn) {
        carried = DraftLines.without(kept.orders, kept.base)
        begin([...carried, ...orders()])
      }
      judge()
      await hydrate(merge)
    },
    close: (why) => {
      cancel?.()
      setSave({ _tag: "closed", why })
    },
    refresh: async () => {
      const { save } = state.get()
      if (save._tag === "saving" || save._tag === "changed" || (save._tag === "unsaved" && hydrated)) {
        return save._tag === "unsaved" ? send() : undefined
      }
      if (save._tag === "closed" && save.why === "passed") return
      if (save._tag === "closed") setSave({ _tag: "loading" })
      await hydrate(!hydrated)
    },
    flush: async () => {
      if (cancel !== undefined || state.get().save._tag === "unsaved") await send()
      else if (running !== undefined) await running
    },
    resolve: (chosen) => {
      if (state.get().save._tag !== "changed") return
      state.update((now) => ({
        ...now,
        lines: DraftLines.replaceAll(now.lines, chosen),
        save: { _tag: "unsaved" }
      }))
      keepNow()
      judge()
      void send()
    },
    end: () => {
      ended = true
      cancel?.()
    }
  }
}
