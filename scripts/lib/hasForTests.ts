/** Programs that some tests need beside Node. */

/**
 * Whether tests can run for which `isThere` has to be. Where they can't, `line` tells what is skipped and why. In CI nothing is
 * skipped: there it throws.
 */
export const hasForTests = (isThere: boolean, line: string): boolean => {
  if (isThere) return true
  if (process.env["CI"]) throw new Error(`In CI nothing is skipped: ${line}`)
  console.log(`skipped: ${line}`)
  return false
}
