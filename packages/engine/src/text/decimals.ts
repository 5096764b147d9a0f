/** Plain decimals: digits with at most a sign and a point, and no exponent. Every finite number has such a text. */

const plain = /^[+-]?(?:\d+\.?\d*|\.\d+)$/

/** Whether a text is a plain decimal. Digits may be missing before the point or after it, but not on both sides. */
export const isDecimal = (text: string): boolean => plain.test(text)

/** The number as a plain decimal that reads back as the same number; zero has no sign. */
export const printDecimal = (number: number): string => {
  const text = String(number)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign = "", whole = "", fraction = "", power] = parts
  const exponent = Number(power)
  // Numbers are written with an exponent only where the point lies outside of their digits.
  return exponent < 0
    ? `${sign}0.${"0".repeat(-exponent - 1)}${whole}${fraction}`
    : `${sign}${(whole + fraction).padEnd(exponent + 1, "0")}`
}
