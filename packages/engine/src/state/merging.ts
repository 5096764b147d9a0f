/** Merging of identical groups: neither how many ships there are nor what they carry changes. */
import { type Design, type Draft, type DraftGroup, type DraftRace, setLoad, setShips } from "./Draft.ts"

/** Loads that differ by less than a billionth count as equal. */
const billionths = (load: number): number => Math.floor(load * 1e9 + 0.5)

/** Small numbers for things, in the order in which they are met. */
class Numbers<A> {
  readonly #known = new Map<A, number>()
  of(it: A): number {
    const known = this.#known.get(it)
    if (known !== undefined) return known
    this.#known.set(it, this.#known.size)
    return this.#known.size - 1
  }
}

const mixed = (hash: number, value: number): number => Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15)

/** The same for identical groups, and as a rule another for any other group. */
const hashOf = (group: DraftGroup, designs: Numbers<Design>, fleets: Numbers<string>): number => {
  const { at, to, distance, load, techs, design, fleet } = group
  let hash = mixed(at, designs.of(design))
  // Nine decimals: groups that differ by less only share a hash.
  hash = mixed(hash, techs.drive * 1e9)
  hash = mixed(hash, techs.weapons * 1e9)
  hash = mixed(hash, techs.shields * 1e9)
  hash = mixed(hash, techs.cargo * 1e9)
  if (to !== null) hash = mixed(mixed(hash, to + 1), distance * 1e9)
  if (load !== 0) hash = mixed(hash, billionths(load))
  return fleet === null ? hash : mixed(hash, fleets.of(fleet) + 1)
}

/** Whether two groups are identical but for their loads. */
const isAlike = (one: DraftGroup, other: DraftGroup): boolean =>
  one.at === other.at &&
  one.design === other.design &&
  one.to === other.to &&
  one.distance === other.distance &&
  one.state === other.state &&
  one.goods === other.goods &&
  one.fleet === other.fleet &&
  one.techs.drive === other.techs.drive &&
  one.techs.weapons === other.techs.weapons &&
  one.techs.shields === other.techs.shields &&
  one.techs.cargo === other.techs.cargo

/** Merges identical groups of a race into the one with the lowest number, which gets their mean load. */
export const mergeGroups = (draft: Draft, race: DraftRace): void => {
  if (race.groups.size < 2) return
  /** By hash, or by the next free number after it. */
  const seen = new Map<number, DraftGroup>()
  /** The load that a group had before others were merged into it: that one decides which others are. */
  const loads = new Map<DraftGroup, number>()
  const designs = new Numbers<Design>()
  const fleets = new Numbers<string>()
  for (const group of race.groups.values()) {
    let key = hashOf(group, designs, fleets)
    for (;;) {
      const same = seen.get(key)
      if (same === undefined) {
        seen.set(key, group)
        break
      }
      if (isAlike(same, group) && billionths(loads.get(same) ?? same.load) === billionths(group.load)) {
        const ships = same.ships + group.ships
        const load = same.load === group.load ? same.load : (same.load * same.ships + group.load * group.ships) / ships
        if (!loads.has(same)) loads.set(same, same.load)
        setShips(draft, race, group, 0, "merge")
        setShips(draft, race, same, ships, "merge")
        setLoad(draft, race, same, same.goods, load, "merge")
        break
      }
      key += 1
    }
  }
}
