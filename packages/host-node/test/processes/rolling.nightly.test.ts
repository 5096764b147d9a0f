/** Many rolling restarts of two gateways, of one process and of several. */
import { rolls } from "./rolling.ts"

rolls({ players: 12, rounds: 6, processesOf: (round) => 1 + (round % 2) })
