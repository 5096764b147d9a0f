/** What one device knows of the list of orders that the server has, and which list its own orders began with. */
import type { Order } from "@galaxy/contract/engine/Order"
import { sameOrders } from "./draftLines.ts"
import type { KeptDraft } from "./ports.ts"

/** A list of the server's, as a device keeps it. */
export type Known = Pick<KeptDraft, "base" | "revision">

/** The newest list that was heard, and what is agreed about it. */
export interface ServerList {
  /** The revision of the list that was heard last; 0 where none was. */
  readonly revision: () => number
  /** The list that this device's orders began with: the one heard last, unless that is disputed. */
  readonly began: () => Known
  /** Whether the server has another list by now that the player hasn't agreed to replace. */
  readonly isDisputed: () => boolean
  /** The list heard last is what counts from now on. */
  readonly agree: () => void
  /** Forgets everything but what the device has kept. */
  readonly reset: (kept: Known) => void
  /** Nobody knows whether this list has arrived at the server. */
  readonly lost: (sent: ReadonlyArray<Order>) => void
  /** Agrees to a list where it is one that this device has sent itself. */
  readonly recognise: (theirs: Known) => void
  /** The server has this list. With `disputed`, this device's orders go on from the one before. */
  readonly heard: (theirs: Known, disputed?: boolean) => void
}

/** Each of these lists may be long, and only the last few can still be on their way. */
const mostLost = 8

/** `base` is where the list that was heard last is kept. */
export const make = (base: () => ReadonlyArray<Order>, setBase: (next: ReadonlyArray<Order>) => void): ServerList => {
  let revision = 0
  let disputed: Known | undefined
  /** Lists that were sent since the server was last heard, oldest first: one of them may be what it has. */
  let lost: ReadonlyArray<ReadonlyArray<Order>> = []

  const began = (): Known => disputed ?? { base: base(), revision }
  const set = (theirs: Known, stays?: Known) => {
    disputed = stays
    revision = theirs.revision
    setBase(theirs.base)
  }
  const heard = (theirs: Known, isDisputed = false) => {
    lost = []
    set(theirs, isDisputed ? began() : undefined)
  }
  return {
    revision: () => revision,
    began,
    isDisputed: () => disputed !== undefined,
    agree: () => {
      disputed = undefined
    },
    reset: heard,
    lost: (sent) => {
      lost = [...lost, sent].slice(-mostLost)
    },
    recognise: (theirs) => {
      if (lost.some((sent) => sameOrders(sent, theirs.base))) set(theirs, disputed)
    },
    heard
  }
}
