/** The Docker daemon that tests may use. */

/**
 * The environment by which Docker's tools find the daemon; undefined where there is none, and one line says what is skipped.
 * Throws with `GALAXY_REQUIRE_DOCKER=1`, which is set where one has been started.
 */
export const dockerForTests = (what: string): NodeJS.ProcessEnv | undefined => {
  const host = process.env["GALAXY_TEST_DOCKER_HOST"]
  // As a stranger's shell has it: without this repository's export condition.
  if (host) return { ...process.env, NODE_OPTIONS: "", DOCKER_HOST: host }
  const line = `${what} (GALAXY_TEST_DOCKER_HOST names no daemon)`
  if (process.env["GALAXY_REQUIRE_DOCKER"] === "1") throw new Error(`Docker is required: ${line}`)
  console.warn(`skipped: ${line}`)
  return undefined
}
