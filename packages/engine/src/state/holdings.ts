/** What races own in a galaxy, without the schemas of the state, for programs that only compute. */

/** Totals over a race's planets; colonists in stock don't count as population. */
export interface Holdings {
  readonly planets: number
  readonly population: number
  readonly industry: number
}

/** Totals of each race, by race index. */
export const holdings = (galaxy: {
  readonly races: ReadonlyArray<unknown>
  readonly planets: ReadonlyArray<{
    readonly owner: number | null
    readonly population: number
    readonly industry: number
  }>
}): ReadonlyArray<Holdings> => {
  const all = galaxy.races.map(() => ({ planets: 0, population: 0, industry: 0 }))
  for (const { owner, population, industry } of galaxy.planets) {
    const its = owner === null ? undefined : all[owner]
    if (its === undefined) continue
    its.planets += 1
    its.population += population
    its.industry += industry
  }
  return all
}
