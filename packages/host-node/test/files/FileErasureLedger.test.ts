import { appendFileSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { UserId } from "@galaxy/contract/ids/Ids"
import * as FileErasureLedger from "@galaxy/host-node/files/FileErasureLedger"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"

const first = UserId.make("0190f7a2-6d3e-7c11-9a55-000000000001")
const second = UserId.make("0190f7a2-6d3e-7c11-9a55-000000000002")

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "galaxy-ledger-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true }))
)

describe("the ledger of erased accounts as a file", () => {
  it.effect("keeps every id, also after a line that was cut off", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "erased")
      const ledger = FileErasureLedger.make(path)
      assert.deepStrictEqual(yield* ledger.all, [])
      yield* ledger.add(first)
      assert.strictEqual(statSync(path).mode & 0o777, 0o600)
      appendFileSync(path, "0190f7a2-6d3e-7c")
      yield* ledger.add(second)
      assert.deepStrictEqual(yield* FileErasureLedger.make(path).all, [first, second])
    }).pipe(Effect.scoped)
  )

  it.effect("says so where it can't be written or read", () =>
    Effect.gen(function* () {
      const ledger = FileErasureLedger.make(join(yield* folder, "missing", "erased"))
      assert.strictEqual((yield* Effect.flip(ledger.add(first)))._tag, "ErasureLedgerUnavailable")
      const directory = FileErasureLedger.make(yield* folder)
      assert.strictEqual((yield* Effect.flip(directory.all))._tag, "ErasureLedgerUnavailable")
    }).pipe(Effect.scoped)
  )
})
