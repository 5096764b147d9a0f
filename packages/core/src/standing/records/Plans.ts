/** What each plan grants, as data. A plan never takes anything away: a name that is registered stays registered. */
import type { LimitCode } from "@galaxy/contract/api/UserAccount"

/** How many of each an account may have. */
export type PlanLimits = Readonly<Record<LimitCode, number>>

/** The plan of every account that has no other one in force. */
export const freePlan = "free"

const free: PlanLimits = {
  max_registered_race_names: 1,
  max_open_games: 100,
  max_games_in_play: 20,
  max_memberships: 200
}

const paid: PlanLimits = {
  max_registered_race_names: 6,
  max_open_games: 500,
  max_games_in_play: 100,
  max_memberships: 1_000
}

const plans: Readonly<Record<string, PlanLimits>> = {
  [freePlan]: free,
  paid_monthly: { ...paid, max_registered_race_names: 2 },
  paid_yearly: paid,
  paid_lifetime: { ...paid, max_registered_race_names: 100 }
}

/** The plans that there are, by code. */
export const planCodes: ReadonlyArray<string> = Object.keys(plans)

/** The limits of a plan. One that isn't in the table, given by an earlier version, has those of a paid or a free account. */
export const limitsOf = (planCode: string, isPaid: boolean): PlanLimits =>
  (Object.hasOwn(plans, planCode) ? plans[planCode] : undefined) ?? (isPaid ? paid : free)
