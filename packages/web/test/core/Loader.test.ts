/** Something that is asked for again and again. */
import type { ClientError } from "@galaxy/client/ClientError"
import * as Loader from "@galaxy/web/core/Loader"
import { Result } from "effect"
import { expect, it } from "vitest"

it("a loader asks again after an ask that broke", async () => {
  let breaks = true
  const loader = Loader.make(async (): Promise<Result.Result<number, ClientError>> => {
    if (breaks) throw new Error("a part that can't be loaded")
    return Result.succeed(1)
  })
  await expect(loader.load()).rejects.toThrow("a part that")
  expect(loader.state.get()).toEqual({ value: undefined, error: undefined, busy: false })
  breaks = false
  await loader.load()
  expect(loader.state.get()).toEqual({ value: 1, error: undefined, busy: false })
})
