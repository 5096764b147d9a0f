/**
 * What a page has of the program: the session, the events, the toasts, the words and the time. Components read these and
 * call the actions of `core`; none of them calls the gateway itself.
 */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import { createSubscriber } from "svelte/reactivity"
import type { EventStream } from "../core/events/EventStream.ts"
import type { StreamStatus, TabMessage } from "../core/events/messages.ts"
import * as Session from "../core/session/Session.ts"
import { make as makeStore } from "../core/Store.ts"
import * as Toasts from "../core/toasts.ts"
import { door } from "../core/words/en/door.ts"
import { type Language, languageOf, type Words } from "../core/words/Words.ts"
import * as IndexedDbKeyStore from "../platform/IndexedDbKeyStore.ts"
import { tabChannel, tabLock, tabSight } from "../platform/tabs.ts"
import { follow } from "./reactive.svelte.ts"

/** Browsers give WebCrypto, locks and storage to secure origins alone; without them nothing can be signed. */
export const isSecure = globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined

const keys = IndexedDbKeyStore.make()
const sessions = tabChannel<Session.OutReason>("galaxy:session")

export const session = Session.make({
  baseUrl: location.origin,
  keys,
  onEnded: (why) => sessions.post(why)
})
sessions.listen((why) => void session.ended(why === "never" ? "chosen" : why))

/** Who is signed in; followed by templates. */
export const sessionState = follow(session.state)
/** What wasn't signed by the pinned key. */
export const alarm = follow(session.alarm)

/** The player, on pages that are shown only to one. */
export const player = (): Session.Player => {
  const state = sessionState()
  if (state._tag !== "in") throw new Error("nobody is signed in")
  return state.player
}

const toastStore = Toasts.make()
export const { show: showToast, dismiss: dismissToast } = toastStore
export const toasts = follow(toastStore.shown)

const status = makeStore<StreamStatus>({ _tag: "connecting" })
/** Where the event stream stands. */
export const streamStatus = follow(status)

let stream: EventStream | undefined
const handlers = new Set<(event: PlayerEvent) => void>()

/** Calls `run` for each event of this tab's player; answers how to stop that. It survives signing out and in. */
export const onEvent = (run: (event: PlayerEvent) => void): (() => void) => {
  handlers.add(run)
  return () => handlers.delete(run)
}

export const reconnect = (): void => stream?.reconnect()

const followEvents = async (state: Session.SessionState) => {
  stream?.close()
  stream = undefined
  if (state._tag !== "in") return
  const { deviceSessionId } = state.player
  const { make } = await import("../core/events/EventStream.ts")
  if (session.state.get() !== state) return
  stream = make({
    player: state.player,
    lock: tabLock(`galaxy:events:${deviceSessionId}`),
    channel: tabChannel<TabMessage>(`galaxy:events:${deviceSessionId}`),
    sight: tabSight,
    sleep: (millis) => new Promise((done) => void setTimeout(done, millis)),
    position: () => keys.position(deviceSessionId),
    savePosition: (sequence) => keys.savePosition(deviceSessionId, sequence),
    onEnd: (error) => {
      if (error?._tag === "SessionEnded") void session.ended("revoked")
      if (error?._tag === "Untrusted") void session.distrust()
    }
  })
  stream.on("*", (event) => {
    for (const run of handlers) run(event)
  })
  stream.status.subscribe(status.set)
}
session.state.subscribe((state) => void followEvents(state))

let lastUser: string | undefined
session.state.subscribe((state) => {
  if (state._tag === "in") lastUser = state.player.userId
  if (state._tag !== "out" || lastUser === undefined) return
  const userId = lastUser
  lastUser = undefined
  // Reports go with the session. Drafts stay for a week, and go at once where the account is gone.
  void import("../platform/gameStorage.ts")
    .then(({ forget }) => forget(userId, state.why === "deleted"))
    // A storage that fails has kept nothing, or is asked again at the next signing out.
    .catch(() => undefined)
})

/** Opens the stream again after an alarm. */
export const trustAgain = (): void => {
  session.calm()
  void followEvents(session.state.get())
}

const remembered = (key: string): string | undefined => {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    return undefined
  }
}

const remember = (key: string, value: string) => {
  try {
    localStorage.setItem(key, value)
  } catch {
    // A browser that keeps nothing: it holds until the page is closed.
  }
}

let language = $state<Language>(languageOf([remembered("galaxy:language") ?? "", ...navigator.languages]))
/** At the door it has the sections of the door alone; no page that needs the others is shown before they are there. */
let catalogue = $state.raw<Words>(door as Words)
let isWhole = $state(false)

const doors: Readonly<Record<Language, () => Promise<{ readonly door: unknown }>>> = {
  en: async () => ({ door }),
  ru: () => import("../core/words/ru/door.ts")
}

const wholes: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => (await import("../core/words/en.ts")).en,
  ru: async () => (await import("../core/words/ru.ts")).ru
}

const loadWords = async (wanted: Language) => {
  const whole = isWhole || session.state.get()._tag === "in"
  const found = whole ? await wholes[wanted]() : ((await doors[wanted]()).door as Words)
  // Meanwhile another language was chosen, or somebody has signed in and all the words are there.
  if (language !== wanted || (isWhole && !whole)) return
  catalogue = found
  isWhole ||= whole
  document.documentElement.lang = wanted
}

/** Whether the words of every page are there; followed by templates. */
export const hasAllWords = (): boolean => isWhole

/** The catalogue of the person's language. */
export const words = (): Words => catalogue
export const currentLanguage = (): Language => language

export const setLanguage = async (next: Language): Promise<void> => {
  language = next
  remember("galaxy:language", next)
  await loadWords(next)
}

export type Theme = "system" | "dark" | "light"
let theme = $state<Theme>((remembered("galaxy:theme") as Theme | undefined) ?? "system")
export const currentTheme = (): Theme => theme

const showTheme = () => {
  if (theme === "system") delete document.documentElement.dataset["theme"]
  else document.documentElement.dataset["theme"] = theme
}

export const setTheme = (next: Theme): void => {
  theme = next
  remember("galaxy:theme", next)
  showTheme()
}
showTheme()

const everySecond = createSubscriber((changed) => {
  const timer = setInterval(changed, 1_000)
  return () => clearInterval(timer)
})

/** Unix milliseconds, followed by templates once a second. */
export const now = (): number => {
  everySecond()
  return Date.now()
}

session.state.subscribe(({ _tag }) => {
  if (_tag === "in" && !isWhole) void loadWords(language)
})

/** Is done once the session is known and the words are there. */
export const started: Promise<void> = isSecure ? session.start().then(() => loadWords(language)) : loadWords(language)
