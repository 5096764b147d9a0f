/**
 * One battle (rules, section 16), fought until nobody can hurt anybody any more.
 *
 * Shooters and targets are drawn among single ships, so big groups draw more fire. Only counts per group are kept: time
 * grows with the shots, memory with the groups.
 */
import type { Random } from "../random/Random.ts"
import { maxProtocol, maxTotals } from "../rules/limits.ts"
import { chanceOf } from "../formulas/shot.ts"

/** Identical ships. */
export interface Combatant {
  /** Index of its side. */
  readonly side: number
  readonly ships: number
  /** Guns of one ship. */
  readonly guns: number
  /** Logarithms to the kill base; minus infinity for none. */
  readonly logAttack: number
  readonly logDefence: number
}

/** Limits at which an undecided battle ends as it stands. */
export interface Bounds {
  readonly rounds: number
  readonly shots: number
  readonly shotsWithoutLoss: number
}

/** How a battle ended, and its protocol. Combatants are known by their position in the input. */
export interface BattleOutcome {
  /** Ships left, by combatant. */
  readonly left: ReadonlyArray<number>
  readonly rounds: number
  /** Shots that could have destroyed something. */
  readonly shots: number
  /** What the battle has used of its bound of shots: all shots, and the turn of every ship that found no target. */
  readonly spent: number
  /** Whether a bound ended it while some ship could still hurt an enemy. */
  readonly cutShort: boolean
  /** Attacker, target, destroyed (1 or 0), number of equal shots in a row. */
  readonly protocol: ReadonlyArray<readonly [number, number, number, number]>
  /** Lines left out of the protocol beyond `maxProtocol`; `totals` count their shots too. */
  readonly omitted: number
  /**
   * Attacker, target, shots, ships destroyed; ascending by attacker, then target. Only the first `maxTotals` pairs that
   * met are counted.
   */
  readonly totals: ReadonlyArray<readonly [number, number, number, number]>
}

/** Counts by position (a Fenwick tree): changing a count and finding the n-th item both take logarithmic time. */
class Counts {
  readonly #tree: Float64Array
  readonly #size: number
  /** The largest power of two within the size. */
  readonly #top: number
  #total = 0
  constructor(size: number) {
    this.#size = size
    let top = 1
    while (top * 2 <= size) top *= 2
    this.#top = top
    this.#tree = new Float64Array(size + 1)
  }
  get total(): number {
    return this.#total
  }
  add(at: number, change: number): void {
    this.#total += change
    for (let node = at + 1; node <= this.#size; node += node & -node)
      this.#tree[node] = (this.#tree[node] ?? 0) + change
  }
  /** The position that holds the n-th item, counted from 0. */
  find(n: number): number {
    let node = 0
    let left = n
    for (let step = this.#top; step > 0; step = step >> 1) {
      const next = node + step
      if (next <= this.#size && (this.#tree[next] ?? 0) <= left) {
        node = next
        left -= this.#tree[next] ?? 0
      }
    }
    return node
  }
}

/** The record of all shots: equal shots in a row share a line, and the number of lines is bounded by `maxProtocol`. */
class Protocol {
  readonly lines: Array<[number, number, number, number]> = []
  omitted = 0
  shots = 0
  #last: [number, number, number, number] | undefined
  readonly #totals = new Map<number, [number, number, number, number]>()
  readonly #combatants: number
  constructor(combatants: number) {
    this.#combatants = combatants
  }
  add(attacker: number, target: number, destroyed: 0 | 1): void {
    this.shots += 1
    const pair = attacker * this.#combatants + target
    const total = this.#totals.get(pair)
    if (total === undefined) {
      if (this.#totals.size < maxTotals) this.#totals.set(pair, [attacker, target, 1, destroyed])
    } else {
      total[2] += 1
      total[3] += destroyed
    }
    const last = this.#last
    if (last !== undefined && last[0] === attacker && last[1] === target && last[2] === destroyed) {
      last[3] += 1
      return
    }
    this.#last = [attacker, target, destroyed, 1]
    if (this.lines.length < maxProtocol) this.lines.push(this.#last)
    else this.omitted += 1
  }
  totals(): BattleOutcome["totals"] {
    return [...this.#totals.values()].toSorted((one, other) => one[0] - other[0] || one[1] - other[1])
  }
}

/**
 * Fights the battle to its end. `enemies[side]` lists the sides that a side shoots at.
 *
 * Returns undefined when nobody can hurt anybody from the start: then there is no battle.
 */
export const fight = (
  random: Random,
  combatants: ReadonlyArray<Combatant>,
  enemies: ReadonlyArray<ReadonlyArray<number>>,
  bounds: Bounds
): BattleOutcome | undefined => {
  const size = combatants.length
  const living = combatants.map((it) => it.ships)
  const targets = enemies.map(() => new Counts(size))
  for (const [side, counts] of targets.entries()) {
    const hostile = new Set(enemies[side])
    for (const [at, it] of combatants.entries()) if (hostile.has(it.side)) counts.add(at, it.ships)
  }
  /** Which sides shoot at each side: the counts of their targets fall when it loses ships. */
  const shotAtBy = enemies.map((_, side) => enemies.flatMap((list, other) => (list.includes(side) ? [other] : [])))

  /** Whether any side's strongest gun has a chance against the weakest living shield that it faces. */
  const someCanHurt = (): boolean => {
    const strongest = enemies.map(() => Number.NEGATIVE_INFINITY)
    const weakest = enemies.map(() => Number.POSITIVE_INFINITY)
    for (const [at, { side, guns, logAttack, logDefence }] of combatants.entries()) {
      if ((living[at] ?? 0) === 0) continue
      if (guns > 0) strongest[side] = Math.max(strongest[side] ?? logAttack, logAttack)
      weakest[side] = Math.min(weakest[side] ?? logDefence, logDefence)
    }
    return enemies.some((hostile, side) => {
      const attack = strongest[side] ?? Number.NEGATIVE_INFINITY
      return hostile.some((other) => {
        const defence = weakest[other] ?? Number.POSITIVE_INFINITY
        return defence < Number.POSITIVE_INFINITY && chanceOf(attack, defence) > 0
      })
    })
  }

  if (!someCanHurt()) return undefined
  const protocol = new Protocol(size)
  const armed = [...combatants.keys()].filter((at) => (combatants[at]?.guns ?? 0) > 0)
  const loaded = combatants.map(() => 0)
  /** Loaded ships; empty again at the end of every round that isn't cut short. */
  const waiting = new Counts(size)
  let fired = 0
  let lastLoss = 0
  let rounds = 0
  const goesOn = (): boolean => fired < bounds.shots && fired - lastLoss < bounds.shotsWithoutLoss
  /** What is possible changes only when the last ship of a group is lost, so most rounds needn't look. */
  let open = true
  let groupLost = false
  do {
    rounds += 1
    for (const at of armed) {
      const ships = living[at] ?? 0
      loaded[at] = ships
      if (ships > 0) waiting.add(at, ships)
    }
    while (waiting.total > 0 && goesOn()) {
      const shooter = waiting.find(random.below(waiting.total))
      waiting.add(shooter, -1)
      loaded[shooter] = (loaded[shooter] ?? 0) - 1
      const attacker = combatants[shooter]
      const counts = attacker === undefined ? undefined : targets[attacker.side]
      if (attacker === undefined || counts === undefined) continue
      if (counts.total === 0) fired += 1
      for (let gun = 0; gun < attacker.guns && counts.total > 0 && goesOn(); gun++) {
        fired += 1
        const hit = counts.find(random.below(counts.total))
        const target = combatants[hit]
        if (target === undefined) continue
        const chance = chanceOf(attacker.logAttack, target.logDefence)
        if (chance === 0) continue
        const destroyed = chance === 1 || random.next() < chance
        protocol.add(shooter, hit, destroyed ? 1 : 0)
        if (!destroyed) continue
        lastLoss = fired
        const alive = living[hit] ?? 0
        // Which of the identical ships it was decides whether one that has yet to fire is lost.
        if ((loaded[hit] ?? 0) > 0 && random.below(alive) < (loaded[hit] ?? 0)) {
          loaded[hit] = (loaded[hit] ?? 0) - 1
          waiting.add(hit, -1)
        }
        living[hit] = alive - 1
        if (alive === 1) groupLost = true
        for (const side of shotAtBy[target.side] ?? []) targets[side]?.add(hit, -1)
      }
    }
    if (groupLost) open = someCanHurt()
    groupLost = false
  } while (open && rounds < bounds.rounds && goesOn())

  return {
    left: living,
    rounds,
    shots: protocol.shots,
    spent: fired,
    cutShort: open,
    protocol: protocol.lines,
    omitted: protocol.omitted,
    totals: protocol.totals()
  }
}
