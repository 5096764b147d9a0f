/**
 * What a page has of the program: the session, the events, the toasts, the words and the time. Components read these and
 * call the actions of `core`; none of them calls the gateway itself.
 */
import { createSubscriber } from "svelte/reactivity"
import * as Session from "../core/session/Session.ts"
import * as Toasts from "../core/toasts.ts"
import * as Catalogue from "../core/words/Catalogue.ts"
import { door } from "../core/words/en/door.ts"
import { loadPart, type Part, partsOf } from "../core/words/parts.ts"
import { type Language, languageOf, localeOf, type Words } from "../core/words/Words.ts"
import * as IndexedDbKeyStore from "../platform/IndexedDbKeyStore.ts"
import { tabChannel } from "../platform/tabs.ts"
import { makeEvents } from "./events.ts"
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

const events = makeEvents(session, keys)
export const { onEvent, reconnect, trustAgain } = events
/** Where the event stream stands; followed by templates. */
export const streamStatus = follow(events.status)

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

/** What is loaded late, once the words are there that it says beyond those of its screen. */
export const withWords = async <A>(part: Part, loaded: Promise<A>): Promise<A> => {
  const [module] = await Promise.all([loaded, catalogue.need([part])])
  return module
}

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
