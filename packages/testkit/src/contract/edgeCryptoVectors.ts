/**
 * Keys and signatures that libraries for Ed25519 judge differently, with what all sides of Galaxy say: see
 * `contract/signing/Signature`.
 */

/** One of them; all bytes are hexadecimal. */
export interface EdgeCryptoVector {
  readonly note: string
  readonly accepted: boolean
  readonly publicKey: string
  readonly message: string
  readonly signature: string
}

/** Made once with known secrets; they never change. */
export const edgeCryptoVectors: ReadonlyArray<EdgeCryptoVector> = [
  {
    note: "made as RFC 8032 has it",
    accepted: true,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d6573736167652030",
    signature:
      "684c0d53ab44de46d526ab4d33b5947bab9d77af687fe0a09518a5f6df4a86eb003dc8cedcdb77cf8801052757f2dcccdec5442f5c5ad38a36d1c06594612807"
  },
  {
    note: "R has a part of small order: right only if the equation is multiplied by the cofactor",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d6573736167652030",
    signature:
      "dfd3145e691e9b998cb20bd6e1790ccfbd79f23e01dc20a7349e3aec7193acf69d184627d3ab694d08a5ed18e7e833a8b0a010732cd8d8fc674b7f47eb31b403"
  },
  {
    note: "the key has a part of small order: right only if the equation is multiplied by the cofactor",
    accepted: false,
    publicKey: "e5a369e1f023bf3db449eaf229b077c8c283b7346a74980f56411efb8e0e3899",
    message: "6d6573736167652030",
    signature:
      "684c0d53ab44de46d526ab4d33b5947bab9d77af687fe0a09518a5f6df4a86ebb94faed829d2214db0d1d7e278f543a9d208ddddd554502e148e06914255b603"
  },
  {
    note: "the key has a part of small order that the message takes out: right in every reading",
    accepted: true,
    publicKey: "e5a369e1f023bf3db449eaf229b077c8c283b7346a74980f56411efb8e0e3899",
    message: "6d6573736167652033",
    signature:
      "7332464857ceec8e96e474dc4275adde876cb4a73502941ef8549d9e11068d4353a468e63543a2bd265e16efee96dc98105edd708c6963bd8c5e4ba52d52170d"
  },
  {
    note: "both have a part of small order",
    accepted: false,
    publicKey: "e5a369e1f023bf3db449eaf229b077c8c283b7346a74980f56411efb8e0e3899",
    message: "6d6573736167652030",
    signature:
      "dfd3145e691e9b998cb20bd6e1790ccfbd79f23e01dc20a7349e3aec7193acf6ccd79fc99b0ce19ce77058b7201346c914b4433054b4f9a844cf9be1bd000709"
  },
  {
    note: "R is the neutral point",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d6573736167652030",
    signature:
      "0100000000000000000000000000000000000000000000000000000000000000a357de404ba9e49ab95f279d32700d28db2e48487628ab814edc8f43e3f10d02"
  },
  {
    note: "R has order 8",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d6573736167652030",
    signature:
      "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a320a719e94a6cfa78de65519d850a4a87c062e2802c06fbb4237523bd3adc607"
  },
  {
    note: "S is larger by the group's order",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d6573736167652030",
    signature:
      "684c0d53ab44de46d526ab4d33b5947bab9d77af687fe0a09518a5f6df4a86ebed10be2bf73e8a275f9efcc935ecbbe1dec5442f5c5ad38a36d1c06594612817"
  },
  {
    note: "R is the neutral point, and not reduced",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d657373616765",
    signature:
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f8edd1f264c9c8f58bd10762d77252c131f0791125e04e7c4e1be2dad6455b305"
  },
  {
    note: "the key is the neutral point, for which this is right for every message",
    accepted: false,
    publicKey: "0100000000000000000000000000000000000000000000000000000000000000",
    message: "6d657373616765",
    signature:
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c4d00000000000000000000000000000000000000000000000000000000000000"
  },
  {
    note: "the key is the neutral point, and not reduced",
    accepted: false,
    publicKey: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    message: "6d657373616765",
    signature:
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c4d00000000000000000000000000000000000000000000000000000000000000"
  },
  {
    note: "the key is no point",
    accepted: false,
    publicKey: "0200000000000000000000000000000000000000000000000000000000000000",
    message: "6d657373616765",
    signature:
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c4d00000000000000000000000000000000000000000000000000000000000000"
  },
  {
    note: "S is 0",
    accepted: false,
    publicKey: "6f6ca5462ae560235abfc4bf18f762edd72bc1a7de9e49eec0aeb5ecaa8d37ce",
    message: "6d657373616765",
    signature:
      "aa6df914f7a0f04e7f852adf459873f17dba5b1671ea62e82cc10ed6aecc489c0000000000000000000000000000000000000000000000000000000000000000"
  },
  {
    note: "RFC 8032, 7.1, test 1",
    accepted: true,
    publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
  },
  {
    note: "RFC 8032, 7.1, test 2",
    accepted: true,
    publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    message: "72",
    signature:
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
  }
]
