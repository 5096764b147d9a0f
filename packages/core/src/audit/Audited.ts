/**
 * How a mutation of the admin surface says what it does, for its audit row.
 *
 * Every handler of a mutation runs its work through `audited`. The middleware around it (`http/adminMutation.ts`) owns
 * the transaction, writes the row and fails the whole request if there is none.
 */
import { Context, Effect } from "effect"

/** What a mutation changes. */
export interface Target {
  /** `user`, `game`, `engine_version`, … */
  readonly kind: string
  readonly id: string
}

/** What is known after a mutation. */
export interface Seen<A> {
  readonly before: unknown
  readonly after: unknown
  readonly result: A
}

/** One mutation in words. */
export interface Action<A, E, R> {
  /** `noun.verb` in lower snake case, such as `runtime.force_next_turn`. */
  readonly name: string
  readonly target: Target | ((result: A) => Target)
  readonly reason?: string | undefined
  /**
   * Reads the target as the admin surface shows it, before and after; absent for a new target. Must not contain e-mail
   * addresses or display names, since audit rows are never removed. It should lock the target's row.
   */
  readonly view?: Effect.Effect<unknown, E, R>
  /** The target before, where there is no `view`: absent or null for a target that is new by this mutation. */
  readonly before?: (result: A) => unknown
  /** Whether the target was so already and nothing was done; absent where that isn't known. */
  readonly unchanged?: (seen: Seen<A>) => boolean
  /** The target afterwards, if the result isn't it and there is no `view`. */
  readonly after?: (result: A) => unknown
}

/** What the audit row will say. */
export interface AuditEntry {
  readonly action: string
  readonly target: Target
  readonly reason: string | undefined
  readonly before: unknown
  readonly after: unknown
}

const asSeen = (view: unknown): string =>
  JSON.stringify(view, (key, value: unknown) => (key === "updated_at" ? undefined : value))

/**
 * For `unchanged`: the target is the same as before, but for the time of its last change. Only where the view shows all
 * that the mutation can change.
 */
export const sameAsBefore = ({ before, after }: Seen<unknown>): boolean =>
  before !== null && before !== undefined && asSeen(before) === asSeen(after)

/** What a mutation has said of itself. */
export interface Slot {
  entry: AuditEntry | undefined
  /** Nothing was done, since the target was so already. */
  unchanged?: boolean
}

/** Filled by `audited`. Undefined outside of the admin surface's mutations. */
export const AuditSlot = Context.Reference<Slot | undefined>("@galaxy/core/audit/AuditSlot", {
  defaultValue: () => undefined
})

/** Runs the mutation and describes it for the audit log. A request has exactly one. */
export const audited = <A, E, R, E2 = never, R2 = never>(
  action: Action<A, E2, R2>,
  mutation: Effect.Effect<A, E, R>
): Effect.Effect<A, E | E2, R | R2> =>
  Effect.gen(function* () {
    const slot = yield* AuditSlot
    if (slot === undefined) return yield* Effect.die(new Error(`${action.name} ran outside of the admin surface`))
    const seen = action.view === undefined ? null : yield* action.view
    const result = yield* mutation
    const before = action.view === undefined ? (action.before?.(result) ?? null) : seen
    const after = action.view === undefined ? (action.after ?? ((it: A): unknown => it))(result) : yield* action.view
    const target = typeof action.target === "function" ? action.target(result) : action.target
    slot.entry = { action: action.name, target, reason: action.reason, before, after }
    slot.unchanged = action.unchanged?.({ before, after, result }) === true
    return result
  })
