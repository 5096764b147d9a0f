/** The words of a game's reports, in Russian. */
import { report } from "./report.ts"

/** Sections of the catalogue. */
export const reportScreens = { report }
