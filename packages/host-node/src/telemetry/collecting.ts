/**
 * Gauges that somebody has to read: before each scrape, and from time to time for the other exporters.
 *
 * Readings are cheap and never wait. What needs the database is read by a loop of its own.
 */
import { Context, Effect, Layer } from "effect"
import { processGauges } from "./processGauges.ts"

/** How often gauges are read where nobody scrapes, in milliseconds. */
const everyMs = 10_000

/** Readings between two scrapes would only cost time, in milliseconds. */
const freshMs = 500

/** What is read, and how a reading is added. */
export interface CollectingShape {
  readonly collect: () => void
  /** Returns how to take the reading out again. */
  readonly add: (read: () => void) => () => void
}

/** Does nothing unless the process has somebody who reads metrics. */
export const Collecting = Context.Reference<CollectingShape>("@galaxy/host-node/telemetry/Collecting", {
  defaultValue: () => ({ collect: () => undefined, add: () => () => undefined })
})

/** Reads those of the process itself; ends with the scope. */
export const layer: Layer.Layer<never> = Layer.effect(
  Collecting,
  Effect.acquireRelease(
    Effect.sync(() => {
      const own = processGauges()
      const all = new Set([own.read])
      let readAt = Number.NEGATIVE_INFINITY
      const collect = () => {
        const now = performance.now()
        if (now - readAt < freshMs) return
        readAt = now
        for (const read of all) read()
      }
      collect()
      const timer = setInterval(collect, everyMs).unref()
      const add = (read: () => void) => {
        all.add(read)
        return () => void all.delete(read)
      }
      return {
        service: { collect, add },
        end: () => {
          clearInterval(timer)
          own.end()
        }
      }
    }),
    ({ end }) => Effect.sync(end)
  ).pipe(Effect.map(({ service }): CollectingShape => service))
)
