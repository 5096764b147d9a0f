#!/usr/bin/env node
/** `npx -p @galaxy/testkit galaxy-conformance PROGRAM`. */
import { main } from "./main.ts"

process.exitCode = await main(process.argv.slice(2), process.cwd())
