/** Bounds of the engine's REST surface. Whatever is larger is refused before it is looked at. */

/** Races in one galaxy. */
export const maxRaces = 250
/** Orders of one race for one turn, and orders or commands in one request. */
export const maxOrders = 1000
/** Bytes of a request body. */
export const maxBodyBytes = 1024 * 1024
/** Bytes of the bodies of all requests under way; who comes when they are taken waits. */
export const maxBodiesBytes = 32 * maxBodyBytes
/** Characters of any text in an order; longer than a name may be, so that a long name gets a verdict of its own. */
export const maxOrderText = 100
/** Characters of the text that a galaxy's chance is drawn from. */
export const maxSeedText = 200
/** Highest turn number. */
export const maxTurn = 1_000_000
/** Characters of a race name; what the name is made of is the platform's business. */
export const maxRaceName = 64
