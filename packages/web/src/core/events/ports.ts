/** What the event stream of several tabs needs of a browser: a lock that one tab holds, and a channel to the others. */

/** A lock over all tabs of one browser. */
export interface TabLock {
  /**
   * Waits for the lock and runs `hold` while it is held; with `steal` it is taken from whoever has it at once. `lost`
   * fires when another tab has stolen it. Stops waiting or holding when `signal` aborts.
   */
  readonly hold: (options: {
    readonly steal: boolean
    readonly signal: AbortSignal
    readonly run: (lost: AbortSignal) => Promise<void>
  }) => Promise<void>
}

/** Messages to all other tabs that have the same channel open; a tab doesn't hear itself. */
export interface TabChannel<M> {
  readonly post: (message: M) => void
  readonly listen: (run: (message: M) => void) => () => void
  readonly close: () => void
}

/** Whether somebody looks at this tab, and whether the machine has a network. */
export interface TabSight {
  readonly visible: () => boolean
  readonly online: () => boolean
  /** Called when the tab comes into sight, the network comes back or the page is restored. */
  readonly onWake: (run: () => void) => () => void
}
