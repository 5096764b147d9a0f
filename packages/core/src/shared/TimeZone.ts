/** Time zones by their IANA names, as the platform's own database has them. */

export const isTimeZone = (name: string): boolean => {
  // Offsets such as +02:00 are accepted by Intl, but aren't zones: they know no summer time.
  if (name.length > 64 || !/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch {
    return false
  }
}
