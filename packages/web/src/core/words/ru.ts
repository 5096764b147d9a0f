/** Everything that the client says, in Russian. */
import { common } from "./ru/common.ts"
import { failure } from "./ru/failure.ts"
import { games } from "./ru/games.ts"
import { map } from "./ru/map.ts"
import { orders } from "./ru/orders.ts"
import { play } from "./ru/play.ts"
import { report } from "./ru/report.ts"
import { signIn } from "./ru/signIn.ts"
import type { Words } from "./Words.ts"

/** The catalogue in Russian. */
export const ru: Words = { common, failure, games, map, orders, play, report, signIn }
