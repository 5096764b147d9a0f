/** The phases of a turn, in the order of the rules (section 5). Where a phase is missing, its rules aren't in yet. */
import type { Phase } from "../turn/Phase.ts"
import { departures } from "./departures.ts"
import { end } from "./end.ts"
import { growth } from "./growth.ts"
import { industry } from "./industry.ts"
import { orders } from "./orders.ts"
import { stockToIndustry } from "./stockToIndustry.ts"
import { voting } from "./voting.ts"

export const phases: ReadonlyArray<Phase> = [
  departures, // 0
  orders, // 1
  industry, // 11
  growth, // 12
  stockToIndustry, // 14
  voting, // 16
  end // 17
]
