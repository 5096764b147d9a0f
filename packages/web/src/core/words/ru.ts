/** Everything that the client says, in Russian. */
import { door } from "./ru/door.ts"
import { lobbyScreens } from "./ru/lobbyScreens.ts"
import { playScreens } from "./ru/playScreens.ts"
import { reportScreens } from "./ru/reportScreens.ts"
import { signedIn } from "./ru/signedIn.ts"
import type { Words } from "./Words.ts"

/** The catalogue in Russian. */
export const ru: Words = { ...door, ...signedIn, ...lobbyScreens, ...playScreens, ...reportScreens }
