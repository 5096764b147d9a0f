/** The phases of a turn, in the order of the rules (section 5). */
import type { Phase } from "../turn/Phase.ts"
import { arrivalsByRoute } from "./arrivalsByRoute.ts"
import { battles } from "./battles.ts"
import { bombing } from "./bombing.ts"
import { departures } from "./departures.ts"
import { departuresByRoute } from "./departuresByRoute.ts"
import { end } from "./end.ts"
import { flight } from "./flight.ts"
import { growth } from "./growth.ts"
import { industry } from "./industry.ts"
import { merging } from "./merging.ts"
import { orders } from "./orders.ts"
import { routesOutOfReach } from "./routesOutOfReach.ts"
import { shipBuilding } from "./shipBuilding.ts"
import { stockToIndustry } from "./stockToIndustry.ts"
import { voting } from "./voting.ts"

/** Every phase of a turn; the numbers are those of section 5. Changing their order changes the rules. */
export const phases: ReadonlyArray<Phase> = [
  departures, // 0
  orders, // 1
  merging("before battles"), // 2
  battles("before_flight"), // 3
  departuresByRoute, // 4
  flight, // 5
  merging("after flight"), // 6
  battles("after_flight"), // 7
  bombing, // 8
  shipBuilding, // 9
  merging("after building"), // 10
  industry, // 11
  growth, // 12
  arrivalsByRoute, // 13
  stockToIndustry, // 14
  routesOutOfReach, // 15
  voting, // 16
  end // 17
]
