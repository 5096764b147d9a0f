/** Tries until it works, for a minute at most. */
export const inTheEnd = async <A>(call: () => Promise<A>): Promise<A> => {
  const end = performance.now() + 60_000
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
