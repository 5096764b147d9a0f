/** Where a list of orders stands between this device and the server, and what a refusal says about that. */
import type { ClientError } from "@galaxy/client/ClientError"
import type { Order } from "@galaxy/contract/engine/Order"

/**
 * Why a turn takes no orders at the moment. `passed`: a newer turn has been made. `failed`: it couldn't be made, and is
 * tried again once an operator has mended the cause.
 */
export type ClosedWhy = "generating" | "failed" | "passed" | "paused" | "finished"

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

/** Whether the list is on this device alone until the player, the server or somebody else does something. */
export const isStuck = (save: SaveState): boolean =>
  save._tag === "changed" || save._tag === "closed" || (save._tag === "unsaved" && save.error !== undefined)

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

/** Whether the same call may succeed later, without anybody changing anything. */
export const mayHelp = (error: ClientError): boolean =>
  error._tag === "Unavailable" ||
  error._tag === "Refused" ||
  (error._tag === "CallFailed" && ["internal_error", "service_unavailable", "rate_limited"].includes(error.code))
