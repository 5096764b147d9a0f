/** The words of a game's reports and of the lists of one's own things. */
import { empire } from "./empire.ts"
import { report } from "./report.ts"

/** Sections of the catalogue. */
export const reportScreens = { empire, report }
