/** The budgets of several processes as one: each tells the others, through the primary and in batches, what it has taken. */
import type { SharedBudgets, Taken } from "@galaxy/edge/Budgets"
import { isTakenTold, type TakenTold } from "./messages.ts"

/** How long word may wait for more of it, in milliseconds. */
const batchMs = 50
/** So many buckets are told at once without waiting. */
const mostOfBatch = 1_000

/** The other processes, as far as this needs them. */
export interface Others {
  readonly send: (told: TakenTold) => void
  readonly hear: (each: (message: unknown) => void) => void
}

const primary: Others = {
  // What can't be sent is lost with the primary, and so is this process.
  send: (told) => void (process.connected && process.send?.(told, undefined, undefined, () => undefined)),
  hear: (each) => void process.on("message", each)
}

/** The budgets of so many processes. */
export const sharedBudgets = (holders: number, others: Others = primary): SharedBudgets => {
  const batch = new Map<string, Taken>()
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (batch.size > 0) others.send({ type: "taken", all: [...batch.values()] })
    batch.clear()
  }
  return {
    holders,
    tell: (taken) => {
      const bucket = `${taken.kind} ${taken.messageType ?? ""} ${taken.key}`
      const tokens = (batch.get(bucket)?.tokens ?? 0) + taken.tokens
      batch.set(bucket, { ...taken, tokens })
      if (batch.size >= mostOfBatch) flush()
      else timer ??= setTimeout(flush, batchMs).unref()
    },
    hear: (each) => {
      others.hear((message) => {
        if (isTakenTold(message)) for (const taken of message.all) each(taken)
      })
    }
  }
}
