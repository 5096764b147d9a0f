/** The smallest root file system with a program that runs until it is ended, as a tar archive. Linux on x86-64. */

/** `for (;;) pause()`, as machine code. */
const code = Buffer.from([0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7])
const base = 0x400000n
const headerSize = 64 + 56

const program = (): Buffer => {
  const size = headerSize + code.length
  const head = Buffer.alloc(headerSize)
  head.write("\x7fELF\x02\x01\x01", "latin1")
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(62, 18)
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(base + BigInt(headerSize), 24)
  head.writeBigUInt64LE(64n, 32)
  head.writeUInt16LE(64, 52)
  head.writeUInt16LE(56, 54)
  head.writeUInt16LE(1, 56)
  // One segment: the whole file, readable and executable.
  head.writeUInt32LE(1, 64)
  head.writeUInt32LE(5, 68)
  head.writeBigUInt64LE(base, 80)
  head.writeBigUInt64LE(base, 88)
  head.writeBigUInt64LE(BigInt(size), 96)
  head.writeBigUInt64LE(BigInt(size), 104)
  head.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([head, code])
}

/** A tar archive that holds `/pause`. */
export const pauseImage = (): Buffer => {
  const file = program()
  const head = Buffer.alloc(512)
  head.write("pause")
  head.write("0000755\0", 100)
  head.write("0000000\0", 108)
  head.write("0000000\0", 116)
  head.write(`${file.length.toString(8).padStart(11, "0")}\0`, 124)
  head.write("00000000000\0", 136)
  head.write("        ", 148)
  head.write("0", 156)
  head.write("ustar\x0000", 257, "latin1")
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148)
  return Buffer.concat([head, file, Buffer.alloc(512 - (file.length % 512)), Buffer.alloc(1024)])
}
