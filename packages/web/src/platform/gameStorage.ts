/** What a browser keeps of games, in IndexedDB: a database for each user. */
import { createStore, delMany, get, keys, promisifyRequest, set, update, type UseStore } from "idb-keyval"
import type { Report } from "@galaxy/contract/engine/Report"
import type { GameStorage, KeptDraft } from "../core/game/ports.ts"
import { gameDatabase } from "./gameDatabases.ts"

/** The newest turns of a game that stay, and the most that they take, in bytes of text. */
const maxTurns = 50
const maxBytes = 50_000_000
/** How long drafts outlast signing out. */
const draftsStayMs = 7 * 86_400_000

type Sizes = ReadonlyArray<readonly [turn: number, bytes: number]>

const draftsUntil = "drafts-until"
const stores = new Map<string, UseStore>()

const storeOf = (userId: string): UseStore => {
  const known = stores.get(userId) ?? createStore(gameDatabase(userId), "kept")
  stores.set(userId, known)
  return known
}

const reportKey = (gameId: string, turn: number) => `report:${gameId}:${turn}`
const sizesKey = (gameId: string) => `reports:${gameId}`
const draftKey = (gameId: string) => `draft:${gameId}`
const viewedKey = (gameId: string) => `viewed:${gameId}`

/** Which turns go: the oldest, beyond the bounds; the newest stays in any case. */
const tooMany = (sizes: Sizes): ReadonlyArray<number> => {
  let bytes = 0
  return sizes
    .toSorted(([one], [other]) => other - one)
    .flatMap(([turn, size], index) => {
      bytes += size
      return index > 0 && (index >= maxTurns || bytes > maxBytes) ? [turn] : []
    })
}

/**
 * Deletes the drafts of a user who has signed out and whose time is over. In one transaction: the user may be signing in
 * at this moment, and what is written from then on stays. `back`: they have signed in, and the time no longer runs.
 */
const dropOutlasted = (store: UseStore, back: boolean): Promise<void> =>
  store("readwrite", (kept) => {
    const asked = kept.get(draftsUntil) as IDBRequest<unknown>
    asked.addEventListener("success", () => {
      const isOver = typeof asked.result === "number" && asked.result < Date.now()
      if (isOver) kept.delete(IDBKeyRange.bound("draft:", "draft:\uffff"))
      if (isOver || back) kept.delete(draftsUntil)
    })
    return promisifyRequest(kept.transaction)
  })

/** The storage of a user who is signed in. Drafts that have outlasted their time after signing out are gone. */
export const make = (userId: string): GameStorage => {
  const store = storeOf(userId)
  const fresh = dropOutlasted(store, true).catch(() => undefined)
  return {
    reports: {
      load: (gameId, turn) => get<Report>(reportKey(gameId, turn), store),
      save: async (gameId, turn, report) => {
        await set(reportKey(gameId, turn), report, store)
        let gone: ReadonlyArray<number> = []
        await update<Sizes>(
          sizesKey(gameId),
          (before = []) => {
            const all: Sizes = [...before.filter(([it]) => it !== turn), [turn, JSON.stringify(report).length]]
            gone = tooMany(all)
            return all.filter(([it]) => !gone.includes(it))
          },
          store
        )
        if (gone.length > 0)
          await delMany(
            gone.map((it) => reportKey(gameId, it)),
            store
          )
      },
      turns: async (gameId) =>
        ((await get<Sizes>(sizesKey(gameId), store)) ?? []).map(([turn]) => turn).toSorted((a, b) => a - b)
    },
    drafts: {
      load: async (gameId) => {
        await fresh
        return get<KeptDraft>(draftKey(gameId), store)
      },
      save: (gameId, draft) => set(draftKey(gameId), draft, store)
    },
    memory: {
      lastViewedTurn: (gameId) => get<number>(viewedKey(gameId), store),
      saveLastViewedTurn: (gameId, turn) =>
        update<number>(viewedKey(gameId), (before = 0) => Math.max(before, turn), store)
    }
  }
}

/** Deletes the drafts of those of these users who have signed out and whose time is over. */
export const tidy = async (userIds: ReadonlyArray<string>): Promise<void> => {
  for (const userId of userIds) await dropOutlasted(storeOf(userId), false)
}

/** After signing out: reports and what was viewed are forgotten at once, drafts in seven days, or with the account. */
export const forget = async (userId: string, withDrafts: boolean): Promise<void> => {
  const store = storeOf(userId)
  const all = await keys<string>(store)
  await delMany(
    all.filter((key) => withDrafts || !key.startsWith("draft")),
    store
  )
  if (!withDrafts) await set(draftsUntil, Date.now() + draftsStayMs, store)
}
