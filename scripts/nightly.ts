/** Runs the tests that take too long for every change: `*.nightly.test.ts`, with the same services as `npm test`. */
process.env["GALAXY_NIGHTLY"] = "1"
await import("./test.ts")
