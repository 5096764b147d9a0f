/** One rolling restart of two backends and two gateways. */
import { rollsAll } from "./rollingAll.ts"

rollsAll({ players: 2, streams: 6, rounds: 1, everyMs: 20 })
