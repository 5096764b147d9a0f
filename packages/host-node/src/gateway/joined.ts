/** The parts of a body in one piece; what came in one isn't copied. */
export const joined = (parts: ReadonlyArray<Buffer>): Buffer => {
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}
