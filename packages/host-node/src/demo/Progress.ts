/** What the demo prints: a line per step as it is done, and a table at the end. */
import { Effect } from "effect"

export interface ShownStep {
  readonly title: string
  readonly outcome: string
  readonly millis: number
}

export interface Progress {
  /** Runs one step; its outcome is what `describe` says of the result. */
  readonly step: <A, E, R>(
    title: string,
    work: Effect.Effect<A, E, R>,
    describe?: (result: A) => string
  ) => Effect.Effect<A, E, R>
  readonly steps: ReadonlyArray<ShownStep>
}

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

/** A plain table with as wide columns as their widest cell. */
export const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? "").length)))
  const line = (cells: ReadonlyArray<string>) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd()
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n")
}
