/** Something that runs once at a time: asked for meanwhile, it runs again afterwards. */

export interface OneAtATime {
  /** Is done once nothing is left to do. */
  readonly run: () => Promise<void>
  /** There is more to do once what runs is done. */
  readonly again: () => void
  /** There isn't. */
  readonly enough: () => void
  /** What runs now. */
  readonly running: () => Promise<void> | undefined
}

/** `goesOn` is asked before it runs again. */
export const make = (step: () => Promise<void>, goesOn: () => boolean): OneAtATime => {
  let running: Promise<void> | undefined
  let more = false
  return {
    run: () => {
      if (running !== undefined) {
        more = true
        return running
      }
      running = (async () => {
        try {
          do {
            more = false
            await step()
          } while (more && goesOn())
        } finally {
          running = undefined
        }
      })()
      return running
    },
    again: () => {
      more = true
    },
    enough: () => {
      more = false
    },
    running: () => running
  }
}
