/** A process that serves, and whose event loop then stands still. */
process.stdout.write("a line of the log\n")
process.send?.({ type: "serving" }, undefined, undefined, () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
})
