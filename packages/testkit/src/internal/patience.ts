/** Waits in real time: the platform's own clock jumps, and would end every wait. */
import { NotInTime } from "../TestkitError.ts"

/** How long things may take that take moments, on a machine that is busy with other things. Milliseconds. */
export const patienceMs = 60_000

const everyMs = 10

/** Asks until there is an answer that isn't `undefined`; rejects with `NotInTime` and the sentence of `late`. */
export const until = async <A>(
  ask: () => Promise<A | undefined> | A | undefined,
  late: () => string | Promise<string>,
  withinMs = patienceMs
): Promise<A> => {
  const end = performance.now() + withinMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) throw new NotInTime({ message: await late() })
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
