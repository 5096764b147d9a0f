/** Everything that the client says, in English; the keys are those of every language. Pages load it in parts. */
import { accountScreen } from "./en/accountScreen.ts"
import { door } from "./en/door.ts"
import { lobbyScreens } from "./en/lobbyScreens.ts"
import { playScreens } from "./en/playScreens.ts"
import { reportScreens } from "./en/reportScreens.ts"
import { signedIn } from "./en/signedIn.ts"

/** The catalogue, a section for each part of the screens. */
export const en = { ...accountScreen, ...door, ...signedIn, ...lobbyScreens, ...playScreens, ...reportScreens }
