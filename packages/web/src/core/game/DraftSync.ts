/**
 * The part of a draft that speaks with the server: it learns which list is there, sends what was written, and never
 * overwrites what it doesn't know.
 *
 * The state's `base` is what the server had when it was last heard. Where that isn't what this device's orders began
 * with, nothing is sent, and the device keeps what they began with, until the player has said which orders count.
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
import * as ServerList from "./serverList.ts"
import type { Timer } from "./Timer.ts"

export interface DraftSync {
  readonly base: () => ReadonlyArray<Order>
  /** Whether the server has told what it has. */
  readonly hydrated: () => boolean
  readonly isDirty: () => boolean
  /** Whether there is something to send, and nothing about it to ask the player. */
  readonly canSend: () => boolean
  /** Forgets what it knew of the server; another turn begins. `kept` is what the device knew of it. */
  readonly reset: (kept?: ServerList.Known) => void
  /**
   * Asks the server which list it has, and brings both together. With `merge`, what was written before the server's list
   * was known comes after it; otherwise the player is asked where both have changed.
   */
  readonly hydrate: (merge: boolean) => Promise<void>
  /** The player has seen the server's list and said what counts. */
  readonly agree: () => void
  /** Writes the draft to the device. */
  readonly keepNow: () => void
  /** Sends after the last edit has rested for a moment. */
  readonly schedule: () => void
  readonly send: () => Promise<void>
  /** Sends at once what waits to be sent. Is done once the server has answered. */
  readonly flush: () => Promise<void>
  /** Nothing that waits is sent any more; where the server's list is waited for, it still is. */
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

export const make = ({ state, gameId, call, keep, timer, judge, onPassed, saveMs }: Options): DraftSync => {
  let hydrated = false
  let ended = false
  let writing = false
  /** Writes that have ended, however they did. */
  let writes = 0
  const retries = Retries.make(timer)

  const base = () => state.get().base
  const server = ServerList.make(base, (next) => state.update((now) => ({ ...now, base: next })))
  const orders = () => DraftLines.ordersOf(state.get().lines)
  const isDirty = () => !DraftLines.sameOrders(orders(), base())
  const isClosed = () => state.get().save._tag === "closed"
  /** A turn that takes no orders stays so, whatever an answer says that was on its way. */
  const setSave = (save: SaveState) => {
    if (!isClosed()) state.update((now) => ({ ...now, save }))
  }

  const keepNow = () => {
    const { turn } = state.get()
    const unsaved = server.isDisputed() || isDirty()
    // A device that keeps nothing still has the page.
    void keep.save(gameId, { turn, orders: orders(), ...server.began(), unsaved }).catch(() => undefined)
  }

  const judged = (lines: DraftLines.Lines, verdicts: ReadonlyArray<OrderVerdict>) => {
    const ids = lines.lines.map(({ id }) => id)
    state.update((now) => ({ ...now, verdicts: serverVerdicts(now.verdicts, ids, verdicts) }))
  }

  /** `always`: also while the turn takes no orders. */
  const later = (error: ClientError, run: () => void, always = false) => {
    if (ended || (isClosed() && !always)) return
    if (!mayHelp(error)) return setSave({ _tag: "unsaved", error })
    const ms = retries.backOff(error, run)
    setSave({ _tag: "unsaved", error, retryAt: timer.now() + ms })
  }

  /** Takes the server's list as it is. */
  const adopt = (theirs: ReadonlyArray<Order>, verdicts: ReadonlyArray<OrderVerdict>) => {
    const now = state.get()
    const lines = DraftLines.sameOrders(orders(), theirs) ? now.lines : DraftLines.start(theirs, now.lines.nextId)
    state.set({ ...now, lines, save: now.save._tag === "closed" ? now.save : { _tag: "saved", at: undefined } })
    judged(lines, verdicts)
    keepNow()
  }

  const mayWrite = () => !ended && hydrated && !server.isDisputed() && !isClosed()

  const schedule = () => {
    if (!mayWrite()) return
    if (state.get().save._tag !== "saving") setSave({ _tag: "unsaved" })
    retries.after(saveMs, () => void send())
  }

  const resume = () => {
    keepNow()
    judge()
    setSave({ _tag: "unsaved" })
    schedule()
  }

  const hydrate = async (merge: boolean): Promise<void> => {
    const { turn } = state.get()
    const before = writes
    const answer = await call("user.games.order.get", { game_id: gameId, turn })
    if (ended || state.get().turn !== turn) return
    if (Result.isFailure(answer)) return later(answer.failure, () => void hydrate(merge), true)
    retries.worked()
    // What was read may be from before a write. One that is still under way will tell what stands.
    if (writing && hydrated) return
    if (writes !== before) return hydrate(merge)
    const { orders: theirs, verdicts } = answer.success
    const told = { base: theirs, revision: answer.success.revision ?? 0 }
    const mine = orders()
    server.recognise(told)
    const { base: known } = server.began()
    const knew = server.isDisputed() || hydrated || !merge
    const what = reconcile({ mine, theirs, known, knew, closed: isClosed() })
    hydrated = true
    server.heard(told, what === "ask" || (what === "keep" && !DraftLines.sameOrders(theirs, known)))
    if (what === "adopt") return adopt(theirs, verdicts)
    if (what === "ask") {
      setSave({ _tag: "changed", theirs })
      return keepNow()
    }
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
    writing = true
    const answer = await call("user.games.order", {
      game_id: gameId,
      turn,
      orders: sent,
      if_revision: server.revision()
    }).finally(() => {
      writing = false
      writes++
    })
    if (ended || state.get().turn !== turn) return
    if (Result.isSuccess(answer)) {
      retries.worked()
      server.heard({ base: sent, revision: answer.success.revision ?? server.revision() })
      keepNow()
      if (!DraftLines.sameOrders(orders(), sent)) {
        setSave({ _tag: "saving" })
        return sending.again()
      }
      setSave({ _tag: "saved", at: timer.now() })
      return judged(lines, answer.success.verdicts)
    }
    const { failure } = answer
    if (failure._tag !== "CallFailed") server.lost(sent)
    const why = closedBy(failure)
    if (why !== undefined) {
      state.update((now) => (isClosed() && why !== "passed" ? now : { ...now, save: { _tag: "closed", why } }))
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
    if (!mayWrite()) return Promise.resolve()
    retries.cancel()
    return sending.run()
  }

  return {
    base,
    hydrated: () => hydrated,
    isDirty,
    canSend: () => mayWrite() && isDirty(),
    reset: (kept) => {
      if (kept === undefined) {
        retries.cancel()
        retries.worked()
        sending.enough()
        hydrated = false
      }
      server.reset(kept ?? { base: [], revision: 0 })
    },
    hydrate,
    agree: server.agree,
    keepNow,
    schedule,
    send,
    flush: async () => {
      if (retries.waits() || state.get().save._tag === "unsaved") await send()
      else await sending.running()
    },
    cancel: () => {
      if (hydrated) retries.cancel()
    },
    end: () => {
      ended = true
      retries.cancel()
    }
  }
}
