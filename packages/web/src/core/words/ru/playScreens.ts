/** The words of every screen of one game, in Russian. */
import { map } from "./map.ts"
import { orders } from "./orders.ts"
import { play } from "./play.ts"

/** Sections of the catalogue. */
export const playScreens = { map, orders, play }
