/**
 * The end of undici's agents.
 *
 * Bun brings an undici of its own, whose agents keep no connections and can't be destroyed.
 */

/** What is called of an agent at its end. */
export interface Agent {
  readonly destroy?: () => Promise<void>
}

/** Drops its connections, and what runs on them. Does nothing where the agent has none. */
export const endAgent = async (agent: Agent): Promise<void> => {
  await agent.destroy?.()
}
