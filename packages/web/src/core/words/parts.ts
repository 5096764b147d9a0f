/** The catalogue in parts, so that a screen loads no more than its own words. */
import type { Language, Words } from "./Words.ts"

/** `door` is what a page has before anybody is signed in; the others come with the screens that need them. */
export type Part = "door" | "signedIn" | "lobby" | "account" | "play" | "report"

/** Loads some sections of the catalogue; fails where the server or the network is away. */
export type LoadPart = (language: Language, part: Part) => Promise<Partial<Words>>

/** Screens of a game that show no table of a report: the map is the first that a player wants to see. */
const withoutTables = new Set(["map", "orders"].map((it) => `/games/[id]/(play)/${it}`))

/** The parts that the screens of a route need; a route that there isn't has the words of the lobby. */
export const partsOf = (routeId: string | null): ReadonlyArray<Part> => {
  if (routeId === "/signin") return ["door"]
  if (routeId === "/account") return ["door", "signedIn", "lobby", "account"]
  // Its dialogs bring the words of the lobby with them.
  if (routeId === "/") return ["door", "signedIn"]
  if (routeId?.startsWith("/games/[id]/(play)") !== true) return ["door", "signedIn", "lobby"]
  return ["door", "signedIn", "play", ...(withoutTables.has(routeId) ? [] : (["report"] as const))]
}

const loaders: Readonly<Record<Language, Readonly<Record<Part, () => Promise<Partial<Words>>>>>> = {
  en: {
    door: async () => (await import("./en/door.ts")).door,
    signedIn: async () => (await import("./en/signedIn.ts")).signedIn,
    lobby: async () => (await import("./en/lobbyScreens.ts")).lobbyScreens,
    account: async () => (await import("./en/accountScreen.ts")).accountScreen,
    play: async () => (await import("./en/playScreens.ts")).playScreens,
    report: async () => (await import("./en/reportScreens.ts")).reportScreens
  },
  ru: {
    door: async () => (await import("./ru/door.ts")).door,
    signedIn: async () => (await import("./ru/signedIn.ts")).signedIn,
    lobby: async () => (await import("./ru/lobbyScreens.ts")).lobbyScreens,
    account: async () => (await import("./ru/accountScreen.ts")).accountScreen,
    play: async () => (await import("./ru/playScreens.ts")).playScreens,
    report: async () => (await import("./ru/reportScreens.ts")).reportScreens
  }
}

/** From the build's own files. */
export const loadPart: LoadPart = (language, part) => loaders[language][part]()
