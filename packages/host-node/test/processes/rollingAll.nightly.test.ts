/** Rolling restarts of two backends and two gateways under 500 open streams. */
import { rollsAll } from "./rollingAll.ts"

rollsAll({ players: 10, streams: 50, rounds: 3, everyMs: 250 })
