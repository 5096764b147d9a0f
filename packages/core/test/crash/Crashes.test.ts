/**
 * A backend killed at a commit of operations that touch much: whatever it had done, the end is the same, once. All
 * commits of all operations: `Crashes.nightly.test.ts`.
 */
import { onPostgres } from "@galaxy/testkit/TestDatabase"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ended, same } from "./crashes.ts"

const kindsOf = (rows: ReadonlyArray<string> = []) =>
  rows.map((row) => (JSON.parse(row) as { readonly kind: string }).kind).toSorted()

onPostgres((_, url) => {
  describe("a backend that is killed", () => {
    it.live("when a finished game is committed tells of it, once", () =>
      Effect.gen(function* () {
        const operation = "finish of a game"
        const whole = yield* ended(url, operation)
        const events = kindsOf(whole.rows["push_events"])
        const count = (kind: string) => events.filter((it) => it === kind).length
        assert.deepStrictEqual([count("game.finished"), count("lobby.race_name.pending")], [2, 2])
        assert.strictEqual(whole.mails.length, 4)
        yield* same(url, operation, { when: "before", commit: 4 }, whole)
      })
    )

    it.live("after an account was blocked leaves nothing to be done", () =>
      Effect.gen(function* () {
        const left = yield* ended(url, "block", { when: "after", commit: 2 })
        assert.isUndefined(left.commits)
        assert.strictEqual(left.rows["audit_log"]?.length, 1)
        const notices = kindsOf(left.rows["notifications"])
        assert.strictEqual(notices.filter((it) => it === "lobby.membership.removed").length, 1)
        assert.deepStrictEqual([left.mails.length, new Set(left.mails).size], [2, 2])
      })
    )
  })
})
