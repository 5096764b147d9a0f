/** Everything that the client says, in Russian. */
import { account } from "./ru/account.ts"
import { common } from "./ru/common.ts"
import { empire } from "./ru/empire.ts"
import { failure } from "./ru/failure.ts"
import { games } from "./ru/games.ts"
import { lobby } from "./ru/lobby.ts"
import { map } from "./ru/map.ts"
import { notices } from "./ru/notices.ts"
import { orders } from "./ru/orders.ts"
import { play } from "./ru/play.ts"
import { report } from "./ru/report.ts"
import { signIn } from "./ru/signIn.ts"
import type { Words } from "./Words.ts"

/** The catalogue in Russian. */
export const ru: Words = { account, common, empire, failure, games, lobby, map, notices, orders, play, report, signIn }
