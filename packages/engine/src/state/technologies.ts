/** The names of technologies, without the schemas of the state, for programs that only compute. */

/** Fields of research. Each belongs to one block of a ship. */
export const technologies = ["drive", "weapons", "shields", "cargo"] as const
/** A technology, or the block of a ship that it improves. */
export type Technology = (typeof technologies)[number]
