/** The room on the disks that a host writes to: engine states, an embedded database, caught mails. */
import { Context, Effect } from "effect"

/** One disk. */
export interface DiskSpace {
  /** What is kept there, in words for operators. */
  readonly name: string
  readonly free_bytes: number
  readonly total_bytes: number
}

/** Looks at the host's disks now; none unless the host supplies it. */
export const Disks = Context.Reference<Effect.Effect<ReadonlyArray<DiskSpace>>>("@galaxy/core/shared/Disks", {
  defaultValue: () => Effect.succeed([])
})
