/** Which names are written where: none covers another, and the important ones come first. */

/** A name that wants to stand beside its mark. All numbers are pixels of the window. */
export interface LabelWish {
  /** The mark's centre. */
  readonly x: number
  readonly y: number
  /** How far from the centre the name begins. */
  readonly gap: number
  readonly width: number
  readonly height: number
  /** The highest is placed first. */
  readonly rank: number
}

/** An area that is taken. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A wish that was granted, by its place in the list. */
export interface Placed extends Box {
  readonly wish: number
}

const cell = 64

/** Areas of the window that are taken. */
export interface Taken {
  readonly isFree: (box: Box) => boolean
  readonly take: (box: Box) => void
}

/** What is taken, by cells of the window, so that a look-up meets only what is near. */
export const makeTaken = (): Taken => {
  const cells = new Map<number, Array<Box>>()
  const each = (box: Box, run: (key: number) => boolean): boolean => {
    const right = Math.floor((box.left + box.width) / cell)
    const bottom = Math.floor((box.top + box.height) / cell)
    for (let row = Math.floor(box.top / cell); row <= bottom; row++) {
      for (let column = Math.floor(box.left / cell); column <= right; column++) {
        if (run(row * 100_003 + column)) return true
      }
    }
    return false
  }
  const overlaps = (a: Box, b: Box) =>
    a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height
  return {
    isFree: (box: Box): boolean => !each(box, (key) => cells.get(key)?.some((it) => overlaps(it, box)) === true),
    take: (box: Box): void => {
      each(box, (key) => {
        const there = cells.get(key)
        if (there === undefined) cells.set(key, [box])
        else there.push(box)
        return false
      })
    }
  }
}

/** The four places of a name: below, to the right, above, to the left. */
const placesOf = ({ x, y, gap, width, height }: LabelWish): ReadonlyArray<Box> => [
  { left: x - width / 2, top: y + gap, width, height },
  { left: x + gap, top: y - height / 2, width, height },
  { left: x - width / 2, top: y - gap - height, width, height },
  { left: x - gap - width, top: y - height / 2, width, height }
]

/**
 * Grants as many wishes as fit, the highest rank first; one that fits in none of its four places isn't written. What is
 * in `taken` stays free of names.
 */
export const placeLabels = (
  wishes: ReadonlyArray<LabelWish>,
  taken: ReadonlyArray<Box> = []
): ReadonlyArray<Placed> => {
  const area = makeTaken()
  for (const box of taken) area.take(box)
  const order = wishes.map((wish, index) => ({ wish, index })).toSorted((a, b) => b.wish.rank - a.wish.rank)
  const placed: Array<Placed> = []
  for (const { wish, index } of order) {
    const box = placesOf(wish).find(area.isFree)
    if (box === undefined) continue
    area.take(box)
    placed.push({ ...box, wish: index })
  }
  return placed
}
