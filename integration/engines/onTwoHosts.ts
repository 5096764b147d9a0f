/** Tests that need a second Docker host, which begins before them and is gone after them. */
import { describe } from "@effect/vitest"
import { afterAll, beforeAll } from "vitest"
import { dockerForTests } from "../docker.ts"
import { platformImages } from "../images/platformImages.ts"
import { SecondHost, secondHostTrouble } from "./SecondHost.ts"

/** What the tests are given once they run. */
export interface TwoHosts {
  readonly second: SecondHost
  /** The engine's image, which both hosts have. */
  readonly engine: string
}

/** Skips the tests, with a line that says so, where there can be no second host. `what` is what they are about. */
export const onTwoHosts = (what: string, tests: (given: TwoHosts) => void): void => {
  const env = dockerForTests(what)
  const trouble = env === undefined ? "no daemon" : secondHostTrouble()
  if (env !== undefined && trouble !== undefined) console.warn(`skipped: ${what} (${trouble})`)

  describe.skipIf(trouble !== undefined)(`with a second Docker host: ${what}`, { timeout: 600_000 }, () => {
    let second: SecondHost
    let engine = ""

    beforeAll(async () => {
      engine = (await platformImages(env ?? {})).engine
      second = await SecondHost.start()
      await second.load(env?.["DOCKER_HOST"] ?? "", engine)
    }, 600_000)

    afterAll(async () => {
      // A test that failed may have left it cut.
      second?.setLink(true)
      await second?.close()
    }, 120_000)

    tests({
      get second() {
        return second
      },
      get engine() {
        return engine
      }
    })
  })
}
