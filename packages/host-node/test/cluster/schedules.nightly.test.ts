/** Five hundred random schedules of kills, freezes and cuts over three backends. */
import { runSchedules } from "./schedules.ts"

runSchedules({ schedules: 500, perCluster: 25, games: 6 })
