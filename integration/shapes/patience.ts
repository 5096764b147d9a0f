/** Waiting for what other processes do. */

/** Asks again until there is an answer; throws with `what` and the last reason once `ms` have passed. */
export const eventually = async <A>(what: string, ms: number, ask: () => Promise<A>): Promise<A> => {
  const deadline = performance.now() + ms
  for (;;) {
    try {
      return await ask()
    } catch (cause) {
      if (performance.now() > deadline) throw new Error(`${what} took longer than ${ms / 1000} s`, { cause })
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Resolves when the address answers with success. */
export const ready = (url: string, ms: number): Promise<void> =>
  eventually(url, ms, async () => {
    const { status } = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    if (status !== 200) throw new Error(`status ${status}`)
  })
