/** Two decimals, half up: how reports show numbers and how the map is drawn. */

// Binary arithmetic can leave a half slightly too small; it still counts as a half.
const slack = 1e-9

/** The nearest hundredth; a half goes up. Block technologies are stored this way too (rules, section 2). */
export const toHundredths = (value: number): number => Math.floor(value * 100 + 0.5 + slack) / 100
