/** The whole table, in the order of the page. */
import type { Section } from "./Row.ts"
import { deadlines } from "./rows/deadlines.ts"
import { heads } from "./rows/heads.ts"
import { messages } from "./rows/messages.ts"
import { refusals } from "./rows/refusals.ts"
import { sound } from "./rows/sound.ts"

export const table: ReadonlyArray<Section> = [sound, refusals, messages, heads, deadlines]
