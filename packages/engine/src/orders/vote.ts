/** Order V: whom a race gives its votes. */
import type { Order } from "@galaxy/contract/engine/Order"
import { Result } from "effect"
import { election, votesDecide } from "../formulas/votes.ts"
import { toHundredths } from "../report/rounding.ts"
import type { Draft, DraftRace } from "../state/Draft.ts"
import type { Galaxy } from "../state/Galaxy.ts"
import { holdings, type Holdings } from "../state/holdings.ts"
import { raceAt } from "../state/lookups.ts"
import type { OrderRefusal } from "./Refusal.ts"
import { raceIn } from "./subjects.ts"

/** Populations by race, counted once however often a list votes. */
const counted = new WeakMap<Galaxy, ReadonlyArray<Holdings>>()
const peopleOf = (galaxy: Galaxy): ReadonlyArray<Holdings> => {
  const people = counted.get(galaxy) ?? holdings(galaxy)
  counted.set(galaxy, people)
  return people
}

const shown = (votes: number): string => toHundredths(votes).toFixed(2)

/** What a vote would do if nothing else changed since the last reports, which show how everybody voted. */
const prospect = ({ ruleset, turn, before }: Draft, voter: DraftRace, named: DraftRace): string => {
  if (!votesDecide(ruleset, turn)) return `votes decide nothing before turn ${ruleset.votesFromTurn}`
  const races = before.races.map((it, index) => (index === voter.index ? { ...it, votes_for: named.index } : it))
  const { ballots, alliances, needed, winners } = election(ruleset, { ...before, races }, peopleOf(before))
  const nameOf = (index: number): string => raceAt(before, index).name
  const ring = alliances.find((it) => it.members.includes(named.index))
  const has = (votes: number): string => `${shown(votes)} of the ${shown(needed)} votes that win`
  const standing =
    ring === undefined
      ? `${named.name} has ${has(ballots[named.index]?.received ?? 0)}`
      : `the alliance of ${ring.members.map(nameOf).join(", ")} has ${has(ring.votes)}`
  if (winners.length === 0) return `as things stand, ${standing}`
  const others = winners.includes(voter.index) ? "" : ", and you lose"
  return `as things stand, ${standing}: ${winners.map(nameOf).join(", ")} would win the game${others}`
}

/**
 * Names the race that gets all of this race's votes until another is named. A race may name itself.
 *
 * Succeeds with what the vote would do as things stood in the last reports.
 */
export const vote = (draft: Draft, race: DraftRace, order: Order): Result.Result<string, OrderRefusal> =>
  Result.map(raceIn(draft, order.race), (named) => {
    race.votes_for = named.index
    return prospect(draft, race, named)
  })
