/** A root file system with the smallest programs that do what tests of Docker need, as a tar archive. Linux on x86-64. */

/** `for (;;) pause()`, as machine code. */
const pause = Buffer.from([0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7])

const said = Buffer.from("it fails\n")

/** `write(2, said); exit(3)` */
const fail = Buffer.concat([
  Buffer.from([0xb8, 1, 0, 0, 0, 0xbf, 2, 0, 0, 0]),
  // The text's address: what follows this instruction has 19 bytes.
  Buffer.from([0x48, 0x8d, 0x35, 19, 0, 0, 0, 0xba, said.length, 0, 0, 0, 0x0f, 0x05]),
  Buffer.from([0xb8, 60, 0, 0, 0, 0xbf, 3, 0, 0, 0, 0x0f, 0x05]),
  said
])

/** `for (;;) mmap(a mebibyte, private, anonymous, populated)` */
const eat = Buffer.concat([
  Buffer.from([0xb8, 9, 0, 0, 0, 0x31, 0xff, 0xbe, 0, 0, 0x10, 0, 0xba, 3, 0, 0, 0]),
  Buffer.from([0x41, 0xba, 0x22, 0x80, 0, 0, 0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, 0x45, 0x31, 0xc9]),
  Buffer.from([0x0f, 0x05, 0xeb, 0xdb])
])

const base = 0x400000n
const headerSize = 64 + 56

const program = (code: Buffer): Buffer => {
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

const entry = (name: string, file: Buffer): Buffer => {
  const head = Buffer.alloc(512)
  head.write(name)
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
  return Buffer.concat([head, file, Buffer.alloc(512 - (file.length % 512))])
}

/** A tar archive that holds `/pause`, `/fail` and `/eat`. */
export const pauseImage = (): Buffer =>
  Buffer.concat([
    entry("pause", program(pause)),
    entry("fail", program(fail)),
    entry("eat", program(eat)),
    Buffer.alloc(1024)
  ])
