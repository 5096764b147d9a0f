/** Who votes for whom, what that amounts to, and who has won by it (rules, section 20). */
import type { Ruleset } from "../rules/Ruleset.ts"
import type { Planet, Race } from "../state/Galaxy.ts"
import { type Holdings, holdings } from "../state/holdings.ts"

/** Who votes, and with what. */
interface Electorate {
  readonly races: ReadonlyArray<Pick<Race, "removed" | "votes_for">>
  readonly planets: ReadonlyArray<Pick<Planet, "owner" | "population" | "industry">>
}

/** One race's part in an election. Votes are fractions unless the ruleset says otherwise (D14). */
export interface Ballot {
  /** A race's own votes; 0 for one that has left. */
  readonly own: number
  /** Index of the race it votes for: itself where its choice has left. */
  readonly votesFor: number
  /** Votes of all races that name this one, itself included; they are not passed on. */
  readonly received: number
}

/** An alliance: at least two races whose votes form a closed ring. Only its members' own votes count for it. */
export interface Ring {
  /** Indices of races, each voting for the next, starting from the lowest. */
  readonly members: ReadonlyArray<number>
  readonly votes: number
}

/** The state of the votes and what it decides. A race wins by votes received, an alliance by its members' own votes. */
export interface Election {
  /** By race index. */
  readonly ballots: ReadonlyArray<Ballot>
  readonly alliances: ReadonlyArray<Ring>
  readonly total: number
  /** Votes that win: the ruleset's winning share of `total`. */
  readonly needed: number
  /** Indices of races, ascending. */
  readonly winners: ReadonlyArray<number>
}

/** The election, from each race's own votes and the index of the race that it votes for. */
const elect = (ruleset: Ruleset, own: ReadonlyArray<number>, choice: ReadonlyArray<number>): Election => {
  const received = own.map(() => 0)
  for (const [race, votes] of own.entries()) {
    const chosen = choice[race] ?? race
    received[chosen] = (received[chosen] ?? 0) + votes
  }
  const ballots = own.map((votes, race) => ({
    own: votes,
    votesFor: choice[race] ?? race,
    received: received[race] ?? 0
  }))
  const votesOf = (race: number): number => own[race] ?? 0
  const alliances = ringsOf(choice).map(
    (members): Ring => ({ members, votes: members.reduce((sum, it) => sum + votesOf(it), 0) })
  )
  const total = own.reduce((sum, votes) => sum + votes, 0)
  const needed = (ruleset.winningShare ?? 0) * total
  const enough = (votes: number): boolean =>
    ruleset.winningShare !== null &&
    total > 0 &&
    (ruleset.shareReachedWins ? votes >= needed - ruleset.epsilon : votes > needed + ruleset.epsilon)
  const alone = ballots.flatMap((it, race) =>
    (it.votesFor === race || !ruleset.winnerNamesItself) && enough(it.received) ? [race] : []
  )
  const together = alliances.filter((it) => enough(it.votes)).flatMap((it) => it.members)
  const winners = [...new Set([...alone, ...together])].toSorted((a, b) => a - b)
  return { ballots, alliances, total, needed, winners }
}

/** All closed rings of at least two races, each from its lowest index on, by that index. */
const ringsOf = (choice: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>> => {
  /** By race, from which race a walk along the votes first came by. */
  const seenFrom = new Map<number, number>()
  const rings: Array<ReadonlyArray<number>> = []
  for (const start of choice.keys()) {
    let race = start
    const path: Array<number> = []
    while (!seenFrom.has(race)) {
      seenFrom.set(race, start)
      path.push(race)
      race = choice[race] ?? race
    }
    if (seenFrom.get(race) !== start) continue
    const ring = path.slice(path.indexOf(race))
    const lowest = ring.indexOf(Math.min(...ring))
    if (ring.length > 1) rings.push([...ring.slice(lowest), ...ring.slice(0, lowest)])
  }
  return rings.toSorted(([one = 0], [other = 0]) => one - other)
}

/**
 * The election as the galaxy stands. A vote for a race that has left counts for the voter itself.
 *
 * It names those who would win by their votes, also in turns in which votes don't decide yet: see `winnersAfter`. `people`
 * are the populations by race, for callers who have them.
 */
export const election = (
  ruleset: Ruleset,
  galaxy: Electorate,
  people: ReadonlyArray<Pick<Holdings, "population">> = holdings(galaxy)
): Election => {
  const own = galaxy.races.map((race, index) => {
    if (race.removed !== null || ruleset.populationPerVote === null) return 0
    const votes = (people[index]?.population ?? 0) / ruleset.populationPerVote
    return ruleset.fractionalVotes ? votes : Math.floor(votes + ruleset.epsilon)
  })
  const choice = galaxy.races.map((race, index) =>
    race.removed === null && galaxy.races[race.votes_for]?.removed === null ? race.votes_for : index
  )
  const result = elect(ruleset, own, choice)
  const left = remaining(galaxy)
  // The last race has all the votes, even without any people.
  return left.length === 1 && ruleset.winningShare !== null ? { ...result, winners: left } : result
}

const remaining = (galaxy: Electorate): ReadonlyArray<number> =>
  galaxy.races.flatMap((race, index) => (race.removed === null ? [index] : []))

/** Whether votes can end the game after this turn. */
export const votesDecide = (ruleset: Ruleset, turn: number): boolean => turn >= ruleset.votesFromTurn

/** Indices of the races that have won after this turn: by votes, once these decide, or as the last race left. */
export const winnersAfter = (ruleset: Ruleset, turn: number, galaxy: Electorate): ReadonlyArray<number> =>
  votesDecide(ruleset, turn) || remaining(galaxy).length === 1 ? election(ruleset, galaxy).winners : []
