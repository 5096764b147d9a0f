/** What the backend keeps of a user's events. */
import type { LiveEvent } from "./PushSource.ts"

/** A page of kept events from the backend. */
export interface KeptEvents {
  readonly events: ReadonlyArray<LiveEvent>
  /** The range of kept numbers; 0 and 0 before the first event. */
  readonly oldest: number
  readonly newest: number
}
