/** The log of an embedded Galaxy: lines for a function of the embedding program, or warnings for the console. */
import * as JsonLog from "@galaxy/host-node/logging/JsonLog"
import { Layer } from "effect"
import type { LogLine } from "../options.ts"

/** Replaces the default logger. A function that throws loses its own line and nothing else. */
export const layer = (log: ((line: LogLine) => void) | undefined): Layer.Layer<never> => {
  const line = (text: string): void => {
    try {
      if (log === undefined) console.error(text)
      else log(JSON.parse(text) as LogLine)
    } catch {
      // Nobody is left to tell.
    }
  }
  return JsonLog.layer({ level: log === undefined ? "warn" : "info", target: { line } }).pipe(Layer.orDie)
}
