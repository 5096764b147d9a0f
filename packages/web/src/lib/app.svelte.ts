/**
 * What a page has of the program: the session, the events, the toasts, the words and the time. Components read these and
 * call the actions of `core`; none of them calls the gateway itself.
 */
import type { PlayerEvent } from "@galaxy/client/PlayerEvent"
import { createSubscriber } from "svelte/reactivity"
import type { EventStream } from "../core/events/EventStream.ts"
import type { StreamStatus, TabMessage } from "../core/events/messages.ts"
import * as StreamPart from "../core/events/streamPart.ts"
import * as Session from "../core/session/Session.ts"
import { make as makeStore } from "../core/Store.ts"
import * as Toasts from "../core/toasts.ts"
import * as Catalogue from "../core/words/Catalogue.ts"
import { door } from "../core/words/en/door.ts"
import { loadPart, partsOf } from "../core/words/parts.ts"
import { type Language, languageOf, localeOf, type Words } from "../core/words/Words.ts"
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
  onEnded: (why) => sessions.post(why),
  onNotForgotten: () => {
    const { notForgotten, notForgottenText } = words().common
    showToast({ key: "session", kind: "harm", title: notForgotten, text: notForgottenText })
  }
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
export const { show: showToast, dismiss: dismissToast, dismissOf: dismissToastsOf } = toastStore
export const toasts = follow(toastStore.shown)

const status = makeStore<StreamStatus>({ _tag: "connecting" })
/** Where the event stream stands. */
export const streamStatus = follow(status)

let stream: EventStream | undefined
let coming: Pick<StreamPart.StreamPart<unknown>, "again" | "close"> | undefined
const handlers = new Set<(event: PlayerEvent) => void>()

/** Calls `run` for each event of this tab's player; answers how to stop that. It survives signing out and in. */
export const onEvent = (run: (event: PlayerEvent) => void): (() => void) => {
  handlers.add(run)
  return () => handlers.delete(run)
}

export const reconnect = (): void => {
  coming?.again()
  stream?.reconnect()
}

const sleep = (millis: number) => new Promise<void>((done) => void setTimeout(done, millis))

const followEvents = async (state: Session.SessionState) => {
  coming?.close()
  stream?.close()
  coming = stream = undefined
  if (state._tag !== "in") return
  const { deviceSessionId } = state.player
  const part = StreamPart.make(() => import("../core/events/EventStream.ts"), {
    sight: tabSight,
    sleep,
    now: () => Date.now(),
    tell: status.set
  })
  coming = part
  const loaded = await part.loaded
  if (loaded === undefined || coming !== part) return
  coming = undefined
  stream = loaded.make({
    player: state.player,
    lock: tabLock(`galaxy:events:${deviceSessionId}`),
    channel: tabChannel<TabMessage>(`galaxy:events:${deviceSessionId}`),
    sight: tabSight,
    sleep,
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

/** Stands for whatever wasn't heard while there was no stream; pages ask anew for what they show. */
const unheard: PlayerEvent = {
  kind: "gateway.gap",
  type: "gateway.gap",
  id: "",
  sequence: 0,
  timestampMs: 0,
  payload: { first_missing: 0, last_missing: 0, resumed_after: 0 },
  payloadBytes: new Uint8Array()
}

/**
 * Opens the stream again after an alarm. It may begin at the present: nothing is known of an event that was dropped, not
 * even its position.
 */
export const trustAgain = (): void => {
  session.calm()
  void followEvents(session.state.get())
  for (const run of handlers) run(unheard)
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

const catalogue = Catalogue.make(
  { language: "en", words: door as Words },
  languageOf([remembered("galaxy:language") ?? "", ...navigator.languages]),
  loadPart
)
const spoken = follow(catalogue.spoken)
catalogue.spoken.subscribe(({ language }) => {
  document.documentElement.lang = language
})

/** The words of the screens that have been open, in the person's language. */
export const words = (): Words => spoken().words
export const currentLanguage = (): Language => spoken().language
/** The tag by which times are written: the language with the person's region, where the browser names one. */
export const locale = (): string => localeOf(spoken().language, navigator.languages)

export const setLanguage = (next: Language): Promise<void> => {
  remember("galaxy:language", next)
  return catalogue.speak(next)
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

/** The server's clock minus this machine's, in milliseconds, undefined before a signed answer; followed by templates. */
export const clockOffset = follow(session.clockOffset)

/** Unix milliseconds by the server's clock, for what isn't drawn anew as it passes. */
export const serverNow = (): number => Date.now() + (session.clockOffset.get() ?? 0)

/** Unix milliseconds by the server's clock, followed by templates once a second: for whatever the server has dated. */
export const now = (): number => {
  everySecond()
  return Date.now() + (clockOffset() ?? 0)
}

/** As `now`, by this machine's clock: for waits that this page has begun itself. */
export const localNow = (): number => {
  everySecond()
  return Date.now()
}

/** Is done once the session is known, and rejects where a part that it needs can't be loaded. */
const known: Promise<void> = isSecure ? session.start() : Promise.resolve()
// Whoever waits for it is told. It may fail before anybody does.
known.catch(() => undefined)

/**
 * Is done once the session is known and the words of this route are there; strangers are shown the door alone. Returns
 * whether all of it could be loaded. A failure here would take the frame, and with it the page that tells of failures.
 */
export const ready = async (routeId: string | null): Promise<boolean> => {
  try {
    await known
    await catalogue.need(partsOf(session.state.get()._tag === "in" ? routeId : "/signin"))
    return true
  } catch {
    return false
  }
}
