/** A typed number, with a comma or a point; `NaN` where it is none. An empty field is 0. */
export const numberTyped = (typed: string): number => (typed.trim() === "" ? 0 : Number(typed.trim().replace(",", ".")))
