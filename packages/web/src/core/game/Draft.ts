/**
 * The orders of one game as they are written: kept on the device at once, saved at the server soon, never lost.
 *
 * Each edit goes to the device's storage first. It is sent `saveMs` after the last one, with the revision that this
 * device knows, so that a list which somebody else has written meanwhile is never overwritten: the player is shown both.
 * Where the turn takes no more orders, edits wait here and go into the next turn.
 */
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { make as makeStore, type Readable } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import type { DraftState } from "./DraftState.ts"
import * as DraftSync from "./DraftSync.ts"
import * as DraftLines from "./draftLines.ts"
import { forecastVerdicts } from "./lineVerdicts.ts"
import type { DraftKeep } from "./ports.ts"
import type { ClosedWhy } from "./saveState.ts"
import type { Timer } from "./Timer.ts"

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

export const make = (options: Options): Draft => {
  const { gameId, call, keep, timer, onPassed, saveMs = 800 } = options
  const state = makeStore<DraftState>({
    turn: 0,
    lines: DraftLines.start([]),
    verdicts: new Map(),
    save: { _tag: "loading" },
    base: []
  })
  let ended = false
  /** Whether the lines go after the server's, once those are known: they are no edits of an earlier list. */
  let merge = true
  const orders = () => DraftLines.ordersOf(state.get().lines)

  const judge = () => {
    const { turn, lines } = state.get()
    void options.forecast(turn, DraftLines.ordersOf(lines)).then(
      (verdicts) => {
        const now = state.get()
        if (verdicts === undefined || now.turn !== turn || now.lines.lines !== lines.lines) return
        const ids = lines.lines.map(({ id }) => id)
        // Nothing to forecast where the server has judged this very list.
        const heard = sync.hydrated() && !sync.isDirty()
        if (heard && ids.every((id) => now.verdicts.get(id)?.from === "server")) return
        state.set({ ...now, verdicts: forecastVerdicts(ids, verdicts) })
      },
      () => undefined
    )
  }

  const sync = DraftSync.make({ state, gameId, call, keep, timer, judge, onPassed, saveMs })

  const open = async (turn: number, closed?: ClosedWhy) => {
    const first = state.get().save._tag === "loading" && state.get().lines.lines.length === 0
    // Between turns of one page: what wasn't saved comes along.
    const carried = first ? [] : DraftLines.without(orders(), sync.base())
    sync.reset()
    merge = true
    const nextId = state.get().lines.nextId
    const begin = (list: ReadonlyArray<Order>) =>
      state.set({
        turn,
        lines: DraftLines.start(list, nextId),
        verdicts: new Map(),
        base: sync.base(),
        save: closed === undefined ? { _tag: "loading" } : { _tag: "closed", why: closed }
      })
    begin(carried)
    const kept = first ? await keep.load(gameId).catch(() => undefined) : undefined
    if (ended || state.get().turn !== turn) return
    if (kept !== undefined && kept.turn === turn) {
      sync.reset(kept)
      merge = false
      begin([...kept.orders, ...orders()])
    } else if (kept !== undefined && kept.unsaved && kept.turn < turn) {
      begin([...DraftLines.without(kept.orders, kept.base), ...orders()])
    }
    judge()
    await sync.hydrate(merge)
  }

  return {
    state,
    judge,
    open,
    edit: (change) => {
      const now = state.get()
      const lines = change(now.lines)
      if (lines === now.lines) return
      state.set({ ...now, lines })
      sync.keepNow()
      judge()
      sync.schedule()
    },
    close: (why) => {
      sync.cancel()
      state.update((now) => ({ ...now, save: { _tag: "closed", why } }))
    },
    refresh: async () => {
      const { save } = state.get()
      if (save._tag === "unsaved" && sync.canSend()) return sync.send()
      if (save._tag === "saving" || save._tag === "changed") return
      if (save._tag === "closed" && save.why === "passed") return
      if (save._tag === "closed") state.update((now) => ({ ...now, save: { _tag: "loading" } }))
      await sync.hydrate(merge && !sync.hydrated())
    },
    flush: sync.flush,
    resolve: (chosen) => {
      if (state.get().save._tag !== "changed") return
      sync.agree()
      state.update((now) => ({
        ...now,
        lines: DraftLines.replaceAll(now.lines, chosen),
        save: { _tag: "unsaved" }
      }))
      sync.keepNow()
      judge()
      void sync.send()
    },
    end: () => {
      ended = true
      sync.end()
    }
  }
}
