/** Bounds of what one race can have: far above what play needs, so that nobody can make a turn endless. */

export const maxClasses = 1000
export const maxSciences = 1000
export const maxGroups = 10_000
/** Guns of one ship. */
export const maxArmament = 100_000
/** Mass of one empty ship. */
export const maxMass = 1_000_000
/** Part of a science before it is made a share. */
export const maxSciencePart = 1_000_000_000
/** Lines of a battle's protocol. */
export const maxProtocol = 2000
