/** Bounds of the engine's REST surface. Anything larger is refused before it is processed. */

/** Races in one galaxy. */
export const maxRaces = 250
/** Orders of one race for one turn, and orders or commands in one request. */
export const maxOrders = 1000
/** Bytes of a request body. */
export const maxBodyBytes = 1024 * 1024
/** Bytes of the bodies of all requests under way. When they are taken, further requests wait. */
export const maxBodiesBytes = 32 * maxBodyBytes
/** Bytes of a state file that is read or put through the surface. */
export const maxStateFileBytes = 16 * 1024 * 1024
/** Bytes of an engine's largest answer, a report: what the backend takes. An engine shortens what would be longer. */
export const maxReportBytes = 16 * 1024 * 1024
/** Characters of any text in an order. More than a name may have, so that a long name gets a verdict. */
export const maxOrderText = 100
/** Characters of the seed of a galaxy's random numbers. */
export const maxSeedText = 200
/** Highest turn number. */
export const maxTurn = 1_000_000
/** Characters of a race name; which characters it may have is up to the platform. */
export const maxRaceName = 64
