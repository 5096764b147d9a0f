/** Everything that the client says, in Russian. */
import { accountScreen } from "./ru/accountScreen.ts"
import { door } from "./ru/door.ts"
import { lobbyScreens } from "./ru/lobbyScreens.ts"
import { playScreens } from "./ru/playScreens.ts"
import { reportScreens } from "./ru/reportScreens.ts"
import { signedIn } from "./ru/signedIn.ts"
import type { Words } from "./Words.ts"

/** The catalogue in Russian. */
export const ru: Words = { ...accountScreen, ...door, ...signedIn, ...lobbyScreens, ...playScreens, ...reportScreens }
