/** What can be reached from where engines are. */

/** A program for Node that tries each address, and prints as JSON what has come of each: `connect`, or an error. */
export const attempts = (addresses: ReadonlyArray<readonly [host: string, port: number]>) => `
  const { connect } = require("node:net")
  const attempt = ([host, port]) => new Promise((done) => {
    const socket = connect({ host, port, timeout: 20_000 })
    for (const event of ["connect", "timeout", "error"]) socket.on(event, (error) => done(error?.code ?? event))
  })
  Promise.all(${JSON.stringify(addresses)}.map(attempt)).then((all) => {
    console.log(JSON.stringify(all))
    process.exit()
  })
`
