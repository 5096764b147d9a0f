/**
 * The constants of the game as data: no rule holds a number that a ruleset could change.
 *
 * `plus` is the game; `ngConstants` is the same game with another engine's numbers, so that it can be checked against
 * that engine's recorded cases.
 */
import type { RulesetName } from "@galaxy/contract/engine/Admin"

/** One number per block of a ship, and per technology. */
export interface PerTechnology {
  readonly drive: number
  readonly weapons: number
  readonly shields: number
  readonly cargo: number
}

/** Constants (rules, section 2) and decisions, which are named `Dn` as in section 26. */
export interface Ruleset {
  readonly name: RulesetName
  /** Share by which a population grows in a turn. */
  readonly populationGrowth: number
  readonly peoplePerColonist: number
  /** What a unit of industry and of population adds to production points. */
  readonly industryWeight: number
  readonly populationWeight: number
  /** Points for a unit of capital, which takes one unit of materials too. */
  readonly pointsPerCapital: number
  /** Points for a unit of ship mass, which takes one unit of materials too. */
  readonly pointsPerMass: number
  readonly pointsPerTechLevel: PerTechnology
  /** The larger it is, the less a hold gains from its size (section 11). */
  readonly holdDivisor: number
  /** Light years per turn of a ship that is nothing but drive. */
  readonly speedFactor: number
  /** Cube root of the mass at which shields neither lose nor gain strength. */
  readonly shieldNormaliser: number
  readonly killLogBase: number
  /** Light years per level of drive; null where there is no bound. */
  readonly flightZoneFactor: number | null
  readonly detectionZoneFactor: number | null
  readonly upgradeFactor: number
  /** Light years: a ship with no more than this left has arrived. */
  readonly arrivalTolerance: number
  /** Population that makes one vote; null where nobody votes. */
  readonly populationPerVote: number | null
  /** Share of all votes that wins. */
  readonly winningShare: number | null
  /** The first turn after which votes can end the game (D25). The last race left wins at any time. */
  readonly votesFromTurn: number
  /** Turns in a row without orders after which a race is removed, by the turn from which that holds. */
  readonly idleTurns: ReadonlyArray<{ readonly fromTurn: number; readonly turns: number }>
  /** Turns that a race has left after it quits. */
  readonly turnsAfterQuit: number
  /** Turns before a removal from which the race itself, and then everybody, is warned; null for never. */
  readonly idleWarningOwn: number | null
  readonly idleWarningPublic: number | null
  /** Ships heavier than `aboveMass` are billed for a mass that is lower by `discount`. */
  readonly hullBilling: { readonly aboveMass: number; readonly discount: number }
  /** How many turns, from the first on, nobody can be at war. */
  readonly forcedPeaceTurns: number
  /** Whether launched ships fight before they leave (D4). */
  readonly launchedFight: boolean
  /** Whether ships that are being upgraded fight and can be hit (D5). */
  readonly upgradingFight: boolean
  /** Whether ships that are being upgraded stay where they are and follow no route until the turn is over. */
  readonly upgradingBinds: boolean
  /** When stored colonists refill a planet that was bombed (D6). */
  readonly thaw: "at_growth" | "after_bombing"
  /** Which materials come back from a hull that is given up: those mined for it, or its whole share (D7). */
  readonly oreReturned: "mined" | "all"
  /** What becomes of colonists aboard ships that are dismantled where they can't land (D8). */
  readonly dismantlingOverStrangers: "refused" | "colonists_lost"
  /** Whether routes empty ships that are in a fleet (D9). */
  readonly routesUnloadFleets: boolean
  /** Whether colonists in stock outlast the people of a planet (D10). */
  readonly colonistsOutlastWipe: boolean
  /** Whether a winner by votes must name itself (D11). */
  readonly winnerNamesItself: boolean
  /** Whether the winning share itself wins, or only more (D13). */
  readonly shareReachedWins: boolean
  /** Whether planets are bombed where armed ships of their owner outlasted the fight (D19). */
  readonly bombsDespiteDefenders: boolean
  /** Whether ships that a route's cargo doesn't need stay behind (D20). */
  readonly routesSplitGroups: boolean
  /**
   * How points that don't pay for a whole upgrade are spread over a ship's blocks: each gets the same fraction of its
   * way, or points by its mass (D21).
   */
  readonly partialUpgrade: "same_fraction" | "by_mass"
  /** Whether parts of a vote count (D14). */
  readonly fractionalVotes: boolean
  /** Whether a planet's owner sees a battle there without having a ship there (D17). */
  readonly ownerSeesBattle: boolean
  /** A battle that isn't decided after so many rounds, or shots, or shots without a loss, ends as it stands. */
  readonly battleRounds: number
  readonly battleShots: number
  readonly battleShotsWithoutLoss: number
  /**
   * Shots of all battles of a turn together, null for no bound. What is left of them is divided among the battles still
   * to come, so that none can use up those of the others; the first battles of a turn get half of it (D26).
   */
  readonly turnShots: number | null
  /** `power`: by the guns; `capture`: the bomber gets what is left; `wipe`: nothing is left. */
  readonly bombing: "power" | "capture" | "wipe"
  readonly map: "torus" | "flat"
  /** Side of the map: this times the square root of the number of races (D15). */
  readonly mapSideFactor: number
  /** Whether big planets keep their distance from each other too, not only from home worlds (D2). */
  readonly bigPlanetsApart: boolean
  /** Largest size of an asteroid; 0 can't be settled (D18). */
  readonly asteroidSize: number
  /** Groups, and ship classes new to it, that a race may be given in one turn; null for no bound (D24). */
  readonly giftGroups: number | null
  readonly giftClasses: number | null
  /** Most characters of a name that players give. */
  readonly nameLength: number
  /** Numbers that differ by no more than this count as equal. */
  readonly epsilon: number
}

/** The game that is played when a game is created without naming a ruleset. */
export const plus: Ruleset = {
  name: "plus",
  populationGrowth: 0.08,
  peoplePerColonist: 8,
  industryWeight: 0.75,
  populationWeight: 0.25,
  pointsPerCapital: 5,
  pointsPerMass: 10,
  pointsPerTechLevel: { drive: 5000, weapons: 5000, shields: 5000, cargo: 5000 },
  holdDivisor: 20,
  speedFactor: 20,
  shieldNormaliser: 3.1072325059538586,
  killLogBase: 4,
  flightZoneFactor: 40,
  detectionZoneFactor: 30,
  upgradeFactor: 10,
  arrivalTolerance: 1e-9,
  populationPerVote: 1000,
  winningShare: 2 / 3,
  votesFromTurn: 10,
  idleTurns: [{ fromTurn: 0, turns: 10 }],
  turnsAfterQuit: 3,
  idleWarningOwn: 5,
  idleWarningPublic: 3,
  hullBilling: { aboveMass: 0, discount: 0 },
  forcedPeaceTurns: 0,
  launchedFight: true,
  upgradingFight: false,
  upgradingBinds: true,
  thaw: "at_growth",
  oreReturned: "mined",
  dismantlingOverStrangers: "refused",
  routesUnloadFleets: false,
  colonistsOutlastWipe: false,
  winnerNamesItself: true,
  shareReachedWins: true,
  bombsDespiteDefenders: true,
  routesSplitGroups: true,
  partialUpgrade: "same_fraction",
  fractionalVotes: true,
  ownerSeesBattle: true,
  battleRounds: 100_000,
  battleShots: 50_000_000,
  battleShotsWithoutLoss: 5_000_000,
  turnShots: 3_000_000,
  bombing: "power",
  map: "torus",
  mapSideFactor: 45,
  bigPlanetsApart: true,
  asteroidSize: 0,
  giftGroups: 50,
  giftClasses: 20,
  nameLength: 20,
  epsilon: 1e-9
}

/** The rules of the recorded cases. It differs from `plus` where those were made with other numbers or switches. */
export const ngConstants: Ruleset = {
  ...plus,
  name: "ng-constants",
  pointsPerTechLevel: { ...plus.pointsPerTechLevel, cargo: 2500 },
  holdDivisor: 10,
  shieldNormaliser: 3.107232506,
  flightZoneFactor: null,
  detectionZoneFactor: null,
  arrivalTolerance: 0.01,
  populationPerVote: null,
  winningShare: null,
  votesFromTurn: 0,
  idleTurns: [
    { fromTurn: 0, turns: 3 },
    { fromTurn: 12, turns: 6 }
  ],
  idleWarningOwn: null,
  idleWarningPublic: null,
  hullBilling: { aboveMass: 49.5, discount: 0.01 },
  upgradingBinds: false,
  turnShots: null,
  bombing: "capture",
  map: "flat",
  giftGroups: null,
  giftClasses: null,
  nameLength: 21
}

/** The rulesets by the name that the state of a game holds. */
export const rulesets: { readonly [Name in RulesetName]: Ruleset } = { plus, "ng-constants": ngConstants }

/** Turns in a row without orders after which a race is removed when `turn` is made; infinity when it never is. */
export const idleLimit = (ruleset: Ruleset, turn: number): number =>
  ruleset.idleTurns.findLast((it) => turn >= it.fromTurn)?.turns ?? Number.POSITIVE_INFINITY
