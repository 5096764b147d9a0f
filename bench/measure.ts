/** Times work in rounds and answers the median rate; rounds of different works take turns, so that a busy machine hits all. */

export interface Work {
  readonly name: string
  /** Does it once. */
  readonly once: () => unknown
}

export interface Rate {
  readonly name: string
  /** Operations per second, the median of the rounds. */
  readonly perSecond: number
}

const rounds = 7
const roundMs = 150

const round = async (work: Work): Promise<number> => {
  const started = performance.now()
  let count = 0
  while (performance.now() - started < roundMs) {
    const result = work.once()
    if (result instanceof Promise) await result
    count++
  }
  return (count / (performance.now() - started)) * 1_000
}

/** The middle one of some values. */
export const median = (values: ReadonlyArray<number>) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The value that this share of them doesn't exceed, from 0 to 1. */
export const percentile = (values: ReadonlyArray<number>, share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? 0

export const measure = async (works: ReadonlyArray<Work>): Promise<ReadonlyArray<Rate>> => {
  const rates = works.map((work) => ({ work, values: new Array<number>() }))
  for (const { work } of rates) await round(work)
  for (let index = 0; index < rounds; index++) {
    for (const it of rates) it.values.push(await round(it.work))
  }
  return rates.map((it) => ({ name: it.work.name, perSecond: median(it.values) }))
}
