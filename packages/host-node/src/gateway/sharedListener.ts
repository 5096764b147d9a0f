/**
 * A listener for events of many emitters, which it tells apart by `this`: a function for each would take memory as long as the
 * emitter lives, and there may be tens of thousands.
 */
export const sharedListener = <A>(told: (it: A) => void): ((this: A) => void) =>
  function (this: A) {
    told(this)
  }
