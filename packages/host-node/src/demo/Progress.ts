/** What the demo prints: a line per step as it is done, and a table at the end. */
import { Effect } from "effect"

/** A step that succeeded; `outcome` is `done` where there was nothing else to say. */
export interface ShownStep {
  readonly title: string
  readonly outcome: string
  readonly millis: number
}

/** Runs steps and prints how each ended; a failed one is printed, too, and its failure passed on. */
export interface Progress {
  /** Runs one step; its outcome is the text that `describe` makes of the result. */
  readonly step: <A, E, R>(
    title: string,
    work: Effect.Effect<A, E, R>,
    describe?: (result: A) => string
  ) => Effect.Effect<A, E, R>
  readonly steps: ReadonlyArray<ShownStep>
}

/** `print` gets one line at a time, without a line end. */
export const make = (print: (line: string) => void): Progress => {
  const steps: Array<ShownStep> = []
  return {
    steps,
    step: (title, work, describe) =>
      Effect.gen(function* () {
        const started = performance.now()
        const result = yield* Effect.tapCause(work, () => Effect.sync(() => print(`  ✗ ${title}`)))
        const step = { title, outcome: describe?.(result) ?? "done", millis: performance.now() - started }
        steps.push(step)
        print(`  ✓ ${step.title}${step.outcome === "done" ? "" : `: ${step.outcome}`}`)
        return result
      })
  }
}

/** A plain-text table whose columns are as wide as their widest cells. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? "").length)))
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")
}
