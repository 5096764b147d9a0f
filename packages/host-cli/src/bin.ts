#!/usr/bin/env node
/**
 * `galaxy-admin`. A lone `--version` is answered before anything else is loaded; all other commands share one compile
 * cache.
 */
import { release } from "@galaxy/contract/release"

if (process.argv.length === 3 && process.argv[2] === "--version") {
  process.stdout.write(`${release}\n`)
} else {
  const { enableCompileCache } = await import("node:module")
  enableCompileCache?.()
  const { start } = await import("./start.ts")
  start()
}
