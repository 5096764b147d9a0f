/** A process that can't start, as `launch` tells it. */
process.stderr.write("a warning\nGalaxy stopped: the moon is in the way\n")
process.exitCode = 1
