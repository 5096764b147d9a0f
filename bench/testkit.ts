/**
 * How long the testkit's platform takes to start, to be reset and to close, beside an embedded database alone.
 *
 * On a busy machine the time that passes says little. The processor's time is nearly the same there, and an idle machine
 * takes no longer than that; the fastest round comes close to it too.
 */
import * as TestDatabase from "@galaxy/testkit/TestDatabase"
import { startGalaxy } from "@galaxy/testkit/startGalaxy"
import { Effect, Exit, Layer, Scope } from "effect"
import { median } from "./measure.ts"

const rounds = 12

/** Milliseconds of one round: those that passed, and those that the process has computed on all its threads. */
interface Took {
  readonly passed: number
  readonly computed: number
}

const took = new Map<string, Array<Took>>()

const timed = async <A>(name: string, work: () => Promise<A>): Promise<A> => {
  const before = process.cpuUsage()
  const began = performance.now()
  const made = await work()
  const passed = performance.now() - began
  const { system, user } = process.cpuUsage(before)
  took.set(name, [...(took.get(name) ?? []), { passed, computed: (user + system) / 1_000 }])
  return made
}

const round = async (): Promise<void> => {
  const scope = Effect.runSync(Scope.make())
  await timed("an embedded database is opened", () =>
    Effect.runPromise(Scope.provide(Layer.build(TestDatabase.layerPglite), scope))
  )
  await timed("it is closed", () => Effect.runPromise(Scope.close(scope, Exit.void)))
  const galaxy = await timed("a platform is started", () => startGalaxy())
  await timed("it is reset", () => galaxy.reset())
  await timed("it is closed again", () => galaxy.close())
}

const columns = (values: ReadonlyArray<string>) => values.map((it) => it.padStart(10)).join("")

/** Prints each step's times. The first round, which compiles, is printed apart. */
export const testkit = async (): Promise<void> => {
  await round()
  const first = new Map(took)
  took.clear()
  for (let index = 0; index < rounds; index++) await round()
  console.log(`\nThe testkit, in milliseconds${columns(["fastest", "median", "computed", "at first"]).padStart(54)}`)
  for (const [name, values] of took) {
    const passed = values.map((it) => it.passed)
    const computed = median(values.map((it) => it.computed))
    const figures = [Math.min(...passed), median(passed), computed, first.get(name)?.[0]?.passed ?? 0]
    console.log(`  ${name.padEnd(40)}${columns(figures.map((it) => it.toFixed(0)))}`)
  }
}
