/** Everything that the client says, in English; the keys are those of every language. */
import { account } from "./en/account.ts"
import { common } from "./en/common.ts"
import { empire } from "./en/empire.ts"
import { failure } from "./en/failure.ts"
import { games } from "./en/games.ts"
import { lobby } from "./en/lobby.ts"
import { map } from "./en/map.ts"
import { notices } from "./en/notices.ts"
import { orders } from "./en/orders.ts"
import { play } from "./en/play.ts"
import { report } from "./en/report.ts"
import { signIn } from "./en/signIn.ts"

/** The catalogue, a section for each part of the screens. */
export const en = { account, common, empire, failure, games, lobby, map, notices, orders, play, report, signIn }
