/** The words of every screen of one game. */
import { empire } from "./empire.ts"
import { map } from "./map.ts"
import { orders } from "./orders.ts"
import { play } from "./play.ts"

/** Sections of the catalogue. */
export const playScreens = { empire, map, orders, play }
