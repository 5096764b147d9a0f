/** One rolling restart of two gateways. */
import { rolls } from "./rolling.ts"

rolls({ players: 3, rounds: 1, processesOf: () => 1 })
