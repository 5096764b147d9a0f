/** `npm start`: builds the web client if something of it has changed, and starts the platform. */
import { buildPage } from "./web/build.ts"

// Whoever asks for help or checks the configuration starts nothing.
if (process.argv.length === 2) {
  const { problem } = buildPage(() => console.log("Building the web client …"))
  if (problem !== undefined) {
    console.error(
      `The web client can't be built; the platform starts with the one that was built before, if any.\n${problem}`
    )
  }
}
await import("@galaxy/host-node/all-in-one/main")
