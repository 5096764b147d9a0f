/** What two names must share to be the same: everything but case. */
export const keyOf = (name: string): string => name.toLowerCase()
