/**
 * Roots and logarithms built from `+ - * /` alone, so that they agree to the last bit on every machine. The platform's
 * own functions need not (decision 0103).
 */

/** Cube root of a number that is not negative. */
export const cubeRoot = (value: number): number => {
  if (value === 0 || !Number.isFinite(value)) return value
  let mantissa = value
  let scale = 1
  for (; mantissa >= 1; mantissa /= 8) scale *= 2
  for (; mantissa < 0.125; mantissa *= 8) scale /= 2
  // Newton's method, started from a line through both ends, doubles the correct digits each time: six steps are plenty.
  let root = (mantissa * 4 + 3) / 7
  for (let step = 0; step < 6; step++) root = (2 * root + mantissa / (root * root)) / 3
  return root * scale
}

const naturalLog4 = 1.3862943611198906

/** Logarithm to base 4 of a number above 0. */
export const log4 = (value: number): number => {
  let mantissa = value
  let whole = 0
  for (; mantissa >= 2; mantissa /= 4) whole += 1
  for (; mantissa < 0.5; mantissa *= 4) whole -= 1
  // ln m = 2 artanh z, and |z| is at most a third.
  const z = (mantissa - 1) / (mantissa + 1)
  const square = z * z
  let sum = 0
  for (let odd = 37; odd >= 1; odd -= 2) sum = sum * square + 1 / odd
  return whole + (2 * z * sum) / naturalLog4
}
