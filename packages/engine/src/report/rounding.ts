/** Two decimals, half up: how reports show numbers and how the map is drawn. */

// What arithmetic in binary leaves of a half counts as that half.
const slack = 1e-9

export const toHundredths = (value: number): number => Math.floor(value * 100 + 0.5 + slack) / 100
