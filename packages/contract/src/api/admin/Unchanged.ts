/** How an answer says that there was nothing to change. */

/**
 * A header of the answer to a mutation whose target was so already, with the value `true`. Without it the mutation has
 * changed something, or doesn't know. The mutation has its audit row all the same.
 */
export const unchangedHeader = "x-galaxy-unchanged"
