/**
 * Paging by cursor: newest first, by time of creation and id.
 *
 * A cursor is opaque to clients and says where the next page begins; it grants nothing.
 */
import { uuidPattern } from "@galaxy/contract/ids/Ids"
import { type DateTime, Effect, Result, Schema } from "effect"
import { Base64Url } from "effect/encoding"

/** The cursor isn't a `next_cursor` that a listing could have returned. */
export class CursorInvalid extends Schema.TaggedError<CursorInvalid>()("CursorInvalid", {}) {
  override get message(): string {
    return "cursor must be a next_cursor from this list"
  }
}

const defaultLimit = 50
const maxLimit = 200

/** The query of a listing. Without a cursor, or with an empty one, it begins with the newest rows. */
export interface PageRequest {
  readonly cursor?: string
  readonly limit?: number
}

/** The last row of the previous page. */
export interface PagePosition {
  readonly createdAt: Date
  readonly id: string
}

/** Newer than every row: where a list begins. */
export const newest: PagePosition = { createdAt: new Date(8.64e15 / 2), id: "ffffffff-ffff-ffff-ffff-ffffffffffff" }

/** Rows per page: 50 by default, clamped to 1 to 200. */
export const limitOf = (request: PageRequest): number =>
  Math.min(Math.max(Math.floor(request.limit ?? defaultLimit), 1), maxLimit)

/**
 * The position after which the page begins. An invalid cursor is returned as a value, not thrown. `ids` is what an id of
 * the list looks like.
 */
const positionOf = (request: PageRequest, ids: RegExp = uuidPattern): PagePosition | CursorInvalid => {
  if (request.cursor === undefined || request.cursor === "") return newest
  const text = Base64Url.decodeString(request.cursor)
  if (Result.isFailure(text)) return new CursorInvalid()
  const match = /^(\d{1,15}):(.+)$/.exec(text.success)
  const id = match?.[2] ?? ""
  return match === null || !ids.test(id) ? new CursorInvalid() : { createdAt: new Date(Number(match[1])), id }
}

/** One page, with the cursor of the next one if there are more rows. */
export interface Page<A> {
  readonly rows: ReadonlyArray<A>
  readonly next: { readonly next_cursor?: string }
}

/** Cuts rows of which one more than the limit was read. */
const cut = <A extends { readonly created_at: DateTime.Utc }>(
  rows: ReadonlyArray<A>,
  limit: number,
  idOf: (row: A) => string
): Page<A> => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return rows.length > limit && last !== undefined
    ? { rows: page, next: { next_cursor: Base64Url.encode(`${last.created_at.epochMilliseconds}:${idOf(last)}`) } }
    : { rows: page, next: {} }
}

/**
 * The page that is asked for. `read` gets the position after which it begins and how many rows to read from there, which
 * is one more than the page has. `ids` is what an id of the list looks like.
 */
export const pageOf = <A extends { readonly created_at: DateTime.Utc }, E, R>(
  request: PageRequest,
  read: (after: PagePosition, limit: number) => Effect.Effect<ReadonlyArray<A>, E, R>,
  idOf: (row: A) => string,
  ids?: RegExp
): Effect.Effect<Page<A>, CursorInvalid | E, R> => {
  const position = positionOf(request, ids)
  if (position instanceof CursorInvalid) return Effect.fail(position)
  const limit = limitOf(request)
  return Effect.map(read(position, limit + 1), (rows) => cut(rows, limit, idOf))
}
