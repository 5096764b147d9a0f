/** The session in IndexedDB, which can keep a key that can't be exported. */
import { clear, createStore, get, set, update } from "idb-keyval"
import type { KeyStore, StoredSession } from "../core/session/KeyStore.ts"

const positionKey = (deviceSessionId: string) => `position:${deviceSessionId}`

/** One database for the whole origin. */
export const make = (): KeyStore => {
  const store = createStore("galaxy-session", "session")
  return {
    load: () => get<StoredSession>("session", store),
    save: (session) => set("session", session, store),
    clear: () => clear(store),
    position: async (id) => (await get<number>(positionKey(id), store)) ?? 0,
    // Two tabs may lead one after the other: the position never goes back.
    savePosition: (id, sequence) => update<number>(positionKey(id), (before = 0) => Math.max(before, sequence), store)
  }
}
