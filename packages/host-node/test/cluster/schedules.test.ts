/** A few random schedules of kills, freezes and cuts over three backends; `GALAXY_CLUSTER_SEED` repeats one of them. */
import { runSchedules } from "./schedules.ts"

runSchedules({ schedules: 4, perCluster: 4, games: 6 })
