/**
 * The part of a draft that speaks with the server: it learns which list is there, sends what was written, and never
 * overwrites what it doesn't know.
 *
 * The state's `base` is what the server had when it was last heard, `revision` which list that was.
 */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Order, OrderVerdict } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import type { Store } from "../Store.ts"
import type { Player } from "../session/Session.ts"
import type { DraftState } from "./DraftState.ts"
import * as DraftLines from "./draftLines.ts"
import { serverVerdicts } from "./lineVerdicts.ts"
import * as OneAtATime from "./oneAtATime.ts"
import type { DraftKeep } from "./ports.ts"
import { reconcile } from "./reconcile.ts"
import * as Retries from "./retries.ts"
import { closedBy, mayHelp, type SaveState } from "./saveState.ts"
import type { Timer } from "./Timer.ts"

export interface DraftSync {
  readonly base: () => ReadonlyArray<Order>
  /** Whether the server has told what it has. */
  readonly hydrated: () => boolean
  readonly isDirty: () => boolean
  /** Forgets what it knew of the server; another turn begins. `kept` is what the device knew of it. */
  readonly reset: (kept?: { readonly base: ReadonlyArray<Order>; readonly revision: number }) => void
  /**
   * Asks the server which list it has, and brings both together. With `merge`, what was written before the server's list
   * was known comes after it; otherwise the player is asked where both have changed.
   */
  readonly hydrate: (merge: boolean) => Promise<void>
  /** Writes the draft to the device. */
  readonly keepNow: () => void
  /** Sends after the last edit has rested for a moment. */
  readonly schedule: () => void
  readonly send: () => Promise<void>
  /** Sends at once what waits to be sent. Is done once the server has answered. */
  readonly flush: () => Promise<void>
  /** Nothing that waits is sent any more. */
  readonly cancel: () => void
  readonly end: () => void
}

export interface Options {
  readonly state: Store<DraftState>
  readonly gameId: string
  readonly call: Player["call"]
  readonly keep: DraftKeep
  readonly timer: Timer
  /** Judges the lines anew. */
  readonly judge: () => void
  readonly onPassed: () => void
  readonly saveMs: number
}

/** Each of these lists may be long, and only the last few can still be on their way. */
const mostUnheard = 8

export const make = ({ state, gameId, call, keep, timer, judge, onPassed, saveMs }: Options): DraftSync => {
  let revision = 0
  let hydrated = false
  let ended = false
  /** Lists that were sent since the server was last heard, oldest first: one of them may be what it has. */
  let unheard: ReadonlyArray<ReadonlyArray<Order>> = []
  const retries = Retries.make(timer)

  const base = () => state.get().base
  const setBase = (next: ReadonlyArray<Order>) => state.update((now) => ({ ...now, base: next }))
  const orders = () => DraftLines.ordersOf(state.get().lines)
  const isDirty = () => !DraftLines.sameOrders(orders(), base())
  const setSave = (save: SaveState) => state.update((now) => ({ ...now, save }))

  const keepNow = () => {
    const { turn } = state.get()
    // A device that keeps nothing still has the page.
    void keep
      .save(gameId, { turn, orders: orders(), base: base(), revision, unsaved: isDirty() })
      .catch(() => undefined)
  }

  const judged = (lines: DraftLines.Lines, verdicts: ReadonlyArray<OrderVerdict>) => {
    const ids = lines.lines.map(({ id }) => id)
    state.update((now) => ({ ...now, verdicts: serverVerdicts(now.verdicts, ids, verdicts) }))
  }

  const later = (error: ClientError, run: () => void) => {
    if (ended) return
    if (!mayHelp(error)) return setSave({ _tag: "unsaved", error })
    const ms = retries.backOff(error, run)
    setSave({ _tag: "unsaved", error, retryAt: timer.now() + ms })
  }

  /** Takes the server's list as it is. */
  const adopt = (theirs: ReadonlyArray<Order>, verdicts: ReadonlyArray<OrderVerdict>) => {
    setBase(theirs)
    const now = state.get()
    const lines = DraftLines.sameOrders(orders(), theirs) ? now.lines : DraftLines.start(theirs, now.lines.nextId)
    state.set({ ...now, lines, save: now.save._tag === "closed" ? now.save : { _tag: "saved", at: undefined } })
    judged(lines, verdicts)
    keepNow()
  }

  const schedule = () => {
    const { save } = state.get()
    if (ended || save._tag === "closed" || save._tag === "changed") return
    if (!hydrated) return
    if (save._tag !== "saving") setSave({ _tag: "unsaved" })
    retries.after(saveMs, () => void send())
  }

  const resume = () => {
    keepNow()
    judge()
    if (state.get().save._tag !== "closed") setSave({ _tag: "unsaved" })
    schedule()
  }

  const hydrate = async (merge: boolean): Promise<void> => {
    const { turn } = state.get()
    const answer = await call("user.games.order.get", { game_id: gameId, turn })
    if (ended || state.get().turn !== turn) return
    if (Result.isFailure(answer)) return later(answer.failure, () => void hydrate(merge))
    retries.worked()
    const { orders: theirs, verdicts } = answer.success
    const theirRevision = answer.success.revision ?? 0
    const mine = orders()
    if (unheard.some((sent) => DraftLines.sameOrders(sent, theirs))) {
      setBase(theirs)
      revision = theirRevision
    }
    unheard = []
    const what = reconcile({
      mine,
      theirs,
      known: base(),
      sameRevision: revision === 0 || revision === theirRevision,
      knew: hydrated || !merge,
      closed: state.get().save._tag === "closed"
    })
    hydrated = true
    revision = theirRevision
    if (what === "adopt") return adopt(theirs, verdicts)
    setBase(theirs)
    if (what === "ask") return setSave({ _tag: "changed", theirs })
    if (what === "append") {
      state.update(({ lines, ...now }) => {
        // Of one subject the later order counts, as if both had been written here.
        const both = DraftLines.add(DraftLines.start(theirs, lines.nextId), ...DraftLines.without(mine, theirs))
        return { ...now, lines: { ...both, past: lines.past } }
      })
    }
    return resume()
  }

  const sendOnce = async (): Promise<void> => {
    const { turn, lines } = state.get()
    const sent = DraftLines.ordersOf(lines)
    setSave({ _tag: "saving" })
    const answer = await call("user.games.order", { game_id: gameId, turn, orders: sent, if_revision: revision })
    if (ended || state.get().turn !== turn) return
    if (Result.isSuccess(answer)) {
      retries.worked()
      unheard = []
      setBase(sent)
      revision = answer.success.revision ?? revision
      keepNow()
      if (!DraftLines.sameOrders(orders(), sent)) return sending.again()
      setSave({ _tag: "saved", at: timer.now() })
      return judged(lines, answer.success.verdicts)
    }
    const { failure } = answer
    if (failure._tag !== "CallFailed") unheard = [...unheard, sent].slice(-mostUnheard)
    const why = closedBy(failure)
    if (why !== undefined) {
      setSave({ _tag: "closed", why })
      if (why === "passed") onPassed()
      return
    }
    // Also after a call that was lost on its way and had arrived: then the server's list is this one.
    if (failure._tag === "CallFailed" && failure.reason === "orders_changed") return hydrate(false)
    return later(failure, () => void send())
  }

  const sending = OneAtATime.make(
    async () => {
      if (isDirty()) await sendOnce()
      else if (state.get().save._tag !== "saved") setSave({ _tag: "saved", at: timer.now() })
    },
    () => state.get().save._tag === "saving"
  )

  const send = (): Promise<void> => {
    retries.cancel()
    const { save } = state.get()
    if (ended || !hydrated || save._tag === "closed" || save._tag === "changed") return Promise.resolve()
    return sending.run()
  }

  return {
    base,
    hydrated: () => hydrated,
    isDirty,
    reset: (kept) => {
      if (kept === undefined) {
        retries.cancel()
        retries.worked()
        sending.enough()
        hydrated = false
      }
      unheard = []
      setBase(kept?.base ?? [])
      revision = kept?.revision ?? 0
    },
    hydrate,
    keepNow,
    schedule,
    send,
    flush: async () => {
      if (retries.waits() || state.get().save._tag === "unsaved") await send()
      else await sending.running()
    },
    cancel: retries.cancel,
    end: () => {
      ended = true
      retries.cancel()
    }
  }
}
