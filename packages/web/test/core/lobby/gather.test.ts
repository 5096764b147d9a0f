import { gather } from "@galaxy/web/core/lobby/gather"
import type { Page } from "@galaxy/web/core/lobby/Pages"
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { expect, it } from "vitest"
import { lost } from "./server.ts"

/** Pages of two numbers, from 0 to 19. */
const asking = (broken?: number) => {
  const asked: Array<string | undefined> = []
  const ask = async (cursor: string | undefined): Promise<Result.Result<Page<number>, ClientError>> => {
    asked.push(cursor)
    const from = Number(cursor ?? 0)
    if (from === broken) return Result.fail(lost)
    return Result.succeed({ items: [from, from + 1], next: from < 18 ? `${from + 2}` : undefined })
  }
  return { ask, asked }
}

it("reads on until there is something that is wanted", async () => {
  const { ask, asked } = asking()
  expect(await gather(ask, undefined, (it) => it === 4)).toEqual(
    Result.succeed({ items: [0, 1, 2, 3, 4, 5], next: "6" })
  )
  expect(asked).toEqual([undefined, "2", "4"])
  expect(await gather(ask, "16", (it) => it === 4)).toEqual(
    Result.succeed({ items: [16, 17, 18, 19], next: undefined })
  )
})

it("reads no more than five pages in a row, and fails where one can't be had", async () => {
  const { ask, asked } = asking()
  const found = await gather(ask, undefined, () => false)
  expect(Result.getOrUndefined(found)?.next).toBe("10")
  expect(asked).toHaveLength(5)
  expect(await gather(asking(4).ask, undefined, () => false)).toEqual(Result.fail(lost))
})
