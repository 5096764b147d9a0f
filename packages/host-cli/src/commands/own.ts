/**
 * Commands that are more than one operation of the admin surface. The files here hold flags and texts only; what a
 * command does is imported when it runs.
 */
import { doctor } from "./doctor.ts"
import type { OwnCommand } from "./OwnCommand.ts"
import { backup, db, newIncarnation, person } from "./offline.ts"
import { session } from "./session.ts"
import { tools } from "./tools.ts"
import { watch } from "./watch.ts"
import { why } from "./why.ts"

/** All of them, in the order of the help. */
export const own: ReadonlyArray<OwnCommand> = [
  { name: "why", command: why },
  { name: "doctor", command: doctor },
  { name: "watch", command: watch },
  ...session,
  ...tools,
  { name: "db", command: db },
  { name: "person", command: person },
  { name: "backup", command: backup },
  { name: "new-incarnation", command: newIncarnation }
]
