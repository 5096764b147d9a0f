/** The words of a game's reports. */
import { report } from "./report.ts"

/** Sections of the catalogue. */
export const reportScreens = { report }
