/** Lists in which what one looks for may stand far behind: read page after page until there is some of it. */
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import type { Page } from "./Pages.ts"

/** Most that is asked for at once, and most pages that are read in a row: a thousand entries. */
export const atOnce = 200
const mostPages = 5

/**
 * Reads from the cursor on, until something that is `wanted` has come or the list ends. What was read until then is one
 * page; the next call goes on behind it.
 */
export const gather = async <A>(
  ask: (cursor: string | undefined) => Promise<Result.Result<Page<A>, ClientError>>,
  from: string | undefined,
  wanted: (item: A) => boolean
): Promise<Result.Result<Page<A>, ClientError>> => {
  const items: Array<A> = []
  let next = from
  for (let page = 0; page < mostPages; page++) {
    const answer = await ask(next)
    if (Result.isFailure(answer)) return answer
    items.push(...answer.success.items)
    next = answer.success.next
    if (next === undefined || answer.success.items.some(wanted)) break
  }
  return Result.succeed({ items, next })
}
