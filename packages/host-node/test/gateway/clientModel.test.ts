/** Some of the schedules of the model: the real client against the real gateway, through every kind of fault. */
import { checkSchedules } from "./model/schedule.ts"

checkSchedules(20)
