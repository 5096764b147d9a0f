/** Bounds the end of something that may hang. */

/** Resolves when the promise does, or after a time. */
export const within = async (promise: Promise<unknown>, timeoutMs: number): Promise<void> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}
