/** The form of all identifiers, apart from their schemas, for those who only compare. */

/** The canonical lower-case form of a UUID. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u
