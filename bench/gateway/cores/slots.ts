/** The memory that an event loop and its thread for signatures share. */

/** Signatures that may be asked for at once. */
export const slots = 1_024
export const slotBytes = 1_024

/** A slot begins with what is wanted (sign 0, verify 1) or came out (3 for right, 2 for wrong) and the message's length. */
export const atPublicKey = 8
export const atSignature = 40
export const textAt = 104

/** Counts of signatures asked for and done so far. */
export const control = { asked: 0, done: 1 } as const

export interface Memory {
  readonly counts: SharedArrayBuffer
  readonly slots: SharedArrayBuffer
}

export const fieldsOf = (slot: Uint8Array): DataView => new DataView(slot.buffer, slot.byteOffset, slot.byteLength)
