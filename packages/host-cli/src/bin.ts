#!/usr/bin/env node
/**
 * `galaxy-admin`. A lone `--version` and help are answered before anything else is loaded; all other commands share one
 * compile cache.
 */
import { release } from "@galaxy/contract/release"
import { answered } from "./help/answer.ts"

const args = process.argv.slice(2)
if (args.length === 1 && args[0] === "--version") {
  process.stdout.write(`${release}\n`)
} else if (!answered(args)) {
  const { enableCompileCache } = await import("node:module")
  enableCompileCache?.()
  const { start } = await import("./start.ts")
  start()
}
