/** A list that the server gives page by page: the pages seen so far, and whether there are more. */
import type { ClientError } from "@galaxy/client/ClientError"
import { Result } from "effect"
import { make as makeStore, type Readable } from "../Store.ts"

/** One page of an answer. Without `next` it is the last. */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | undefined
}

/** `items` is absent until the first page has come. */
export interface Shown<A> {
  readonly items: ReadonlyArray<A> | undefined
  readonly more: boolean
  readonly error: ClientError | undefined
  readonly busy: boolean
  /** When what is shown was read, where it comes from an earlier visit: Unix milliseconds. */
  readonly keptAt?: number
}

/** Reads a list and keeps what was read. */
export interface Pages<A> {
  readonly state: Readable<Shown<A>>
  /** Reads as many pages again as are shown, from the first. Calls while one is under way are answered by one more. */
  readonly load: () => Promise<void>
  /** Reads one page further. Does nothing at the end, or while something is being read. */
  readonly showMore: () => Promise<void>
  /** Shows what an earlier visit had, unless something newer has come already. */
  readonly put: (items: ReadonlyArray<A>, keptAt: number) => void
  /** How many pages are shown. */
  readonly length: () => number
  /** Shows at least so many pages, at most 20; does nothing where there are as many. */
  readonly grow: (pages: number) => void
}

const mostPages = 20

/** A list that has not been read yet. */
export const make = <A>(
  ask: (cursor: string | undefined) => Promise<Result.Result<Page<A>, ClientError>>
): Pages<A> => {
  const state = makeStore<Shown<A>>({ items: undefined, more: false, error: undefined, busy: false })
  let shownPages = 1
  let next: string | undefined
  let running: Promise<void> | undefined
  let again = false

  /** Also after an ask that broke. */
  const done = () => {
    running = undefined
    if (state.get().busy) state.update((now) => ({ ...now, busy: false }))
  }

  const reload = async () => {
    state.update((now) => ({ ...now, busy: true }))
    const items: Array<A> = []
    let cursor: string | undefined
    for (let page = 0; page < shownPages; page++) {
      const answer = await ask(cursor)
      if (Result.isFailure(answer)) {
        state.update((now) => ({ ...now, error: answer.failure, busy: false }))
        return
      }
      items.push(...answer.success.items)
      cursor = answer.success.next
      if (cursor === undefined) break
    }
    next = cursor
    state.set({ items, more: next !== undefined, error: undefined, busy: false })
  }

  const rounds = async () => {
    try {
      do {
        again = false
        await reload()
      } while (again)
    } finally {
      done()
    }
  }

  const onePage = async (cursor: string) => {
    state.update((now) => ({ ...now, busy: true }))
    const answer = await ask(cursor)
    if (Result.isFailure(answer)) {
      state.update((now) => ({ ...now, error: answer.failure, busy: false }))
    } else {
      shownPages++
      next = answer.success.next
      state.update((now) => ({
        items: [...(now.items ?? []), ...answer.success.items],
        more: next !== undefined,
        error: undefined,
        busy: false
      }))
    }
  }

  const further = async (cursor: string) => {
    try {
      await onePage(cursor)
    } finally {
      done()
    }
    if (again) await load()
  }

  const load = () => {
    if (running === undefined) running = rounds()
    else again = true
    return running
  }

  return {
    state,
    load,
    put: (items, keptAt) => {
      const now = state.get()
      if (now.items === undefined) state.set({ ...now, items, keptAt })
    },
    length: () => shownPages,
    grow: (pages) => {
      const wanted = Math.min(mostPages, Math.trunc(pages))
      if (!(wanted > shownPages)) return
      shownPages = wanted
      void load()
    },
    showMore: async () => {
      if (running !== undefined || next === undefined) return running
      running = further(next)
      return running
    }
  }
}
