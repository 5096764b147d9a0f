/** Numbers of things in messages. */

/** `no orders`, `1 order`, `2 orders`. */
export const count = (number: number, what: string): string =>
  `${number === 0 ? "no" : number} ${what}${number === 1 ? "" : "s"}`
