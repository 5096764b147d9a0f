/** The release of these packages, as `package.json` has it. All of them are released together. */
export const release = "0.1.0"
