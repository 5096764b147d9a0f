import { statusOf } from "@galaxy/contract/api/ApiError"
import { errors as account } from "@galaxy/core/account/http/errors"
import { errors as auth } from "@galaxy/core/auth/http/errors"
import { errors as engine } from "@galaxy/core/engine/http/errors"
import { errors as game } from "@galaxy/core/lobby/game/http/errors"
import { errors as invite } from "@galaxy/core/lobby/invite/http/errors"
import { errors as membership } from "@galaxy/core/lobby/membership/http/errors"
import { errors as raceName } from "@galaxy/core/race-name/http/errors"
import { errors as runtime } from "@galaxy/core/runtime/http/errors"
import { GameNotFound } from "@galaxy/core/lobby/game/GameError"
import { EngineRefused } from "@galaxy/core/engine/EngineError"
import { shared, toApiWith } from "@galaxy/core/shared/http/errors"
import { LastStorageReport } from "@galaxy/core/shared/http/storageReports"
import { StorageError } from "@galaxy/core/shared/StorageError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"

const tables = [shared, account, auth, raceName, engine, runtime, game, membership, invite]

describe("the errors of the domain on the wire", () => {
  it("no two modules use one tag: their lines would overwrite each other", () => {
    const tags = tables.flatMap((table) => Object.keys(table))
    assert.deepStrictEqual(
      tags.filter((tag, at) => tags.indexOf(tag) !== at),
      []
    )
  })

  it("every line has a code of the contract, or says by a function which", () => {
    for (const [tag, line] of tables.flatMap((table) => Object.entries(table))) {
      if (typeof line === "function") continue
      assert.property(statusOf, line[0], tag)
    }
  })

  it.effect("a line may be a tuple or depend on the error", () =>
    Effect.gen(function* () {
      const toApi = toApiWith({ ...game, ...engine })
      const ended = (error: GameNotFound | EngineRefused | StorageError) => Effect.flip(toApi(Effect.fail(error)))
      assert.strictEqual((yield* ended(new GameNotFound()))._tag, "not_found")
      const refused = yield* ended(new EngineRefused({ code: "payload_too_large", reason: "too much" }))
      assert.deepStrictEqual([refused._tag, refused.message], ["payload_too_large", "too much"])
      const busy = yield* ended(new StorageError({ retryable: true, cause: undefined }))
      const broken = yield* ended(new StorageError({ retryable: false, cause: undefined }))
      assert.deepStrictEqual([busy._tag, broken._tag], ["service_unavailable", "internal_error"])
    }).pipe(Effect.provide(Logger.layer([])))
  )

  it.effect("trouble that passes is logged once a minute, a fault each time", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const logger = Logger.layer([Logger.map(Logger.formatJson, (line) => void lines.push(line))])
      const toApi = toApiWith({})
      const fail = (retryable: boolean) =>
        Effect.ignore(toApi(Effect.fail(new StorageError({ retryable, cause: undefined }))))
      yield* Effect.all([fail(true), fail(true), fail(false), fail(false)]).pipe(
        Effect.provide(logger),
        Effect.provideService(LastStorageReport, { at: Number.NEGATIVE_INFINITY })
      )
      assert.lengthOf(
        lines.filter((it) => it.includes('"WARN"')),
        1
      )
      assert.lengthOf(
        lines.filter((it) => it.includes('"ERROR"')),
        2
      )
    })
  )
})
