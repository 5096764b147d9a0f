/** The databases in which this browser keeps what its users have of games: one for each user. */

const prefix = "galaxy-games-"

/** The name of this user's database. */
export const gameDatabase = (userId: string): string => prefix + userId

/** The user whose database has this name; undefined if it is none. */
export const userOfDatabase = (name: string | undefined): string | undefined =>
  name?.startsWith(prefix) === true ? name.slice(prefix.length) : undefined
