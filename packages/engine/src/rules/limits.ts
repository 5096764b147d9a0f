/** Bounds of what one race can have: far above what play needs, so that nobody can make a turn endless. */

/** Ship classes of one race; an order that would add another is refused with `too_many`. */
export const maxClasses = 1000
/** Sciences of one race; an order that would add another is refused with `too_many`. */
export const maxSciences = 1000
/** Groups of one race. Orders that would add another are refused with `too_many`; new ships join a group or wait. */
export const maxGroups = 10_000
/** Guns of one ship. */
export const maxArmament = 100_000
/** Mass of one empty ship. */
export const maxMass = 1_000_000
/** Largest part of a science, as it is ordered. */
export const maxSciencePart = 1_000_000_000
/** Lines of one battle's protocol; the rest is counted as omitted. */
export const maxProtocol = 2000
/** Pairs of groups whose shots one battle counts; shots of further pairs are in the battle's sum only. */
export const maxTotals = 20_000
