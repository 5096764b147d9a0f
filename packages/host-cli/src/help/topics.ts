/** Names of the topics of `galaxy-admin help`; their texts are loaded when they are asked for. */

/** In the order in which they are read. */
export const topicNames = ["contexts", "targets", "safety", "output", "exit-codes", "environment"] as const
/** One of them. */
export type Topic = (typeof topicNames)[number]
