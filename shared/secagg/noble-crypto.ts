// The primitives of secure aggregation in JavaScript, by noble: for a platform that lacks one. Loaded where one is lacking.
import { ctr, gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { checkedKey, checkPublicKey, keyBytes, type MaskCrypto, notZero, zeroCounter, zeroIv } from './crypto.ts';

/** Everything in JavaScript: slower, and its tables make no promise about timing. */
export const nobleCrypto: MaskCrypto = {
  agreement: 'noble',
  cipher: 'noble',
  async agreementKey(secret) {
    const own = Uint8Array.from(checkedKey(secret));
    return {
      publicKey: x25519.getPublicKey(own),
      async agree(peer) {
        checkPublicKey(peer);
        let shared: Uint8Array;
        try {
          shared = x25519.getSharedSecret(own, peer);
        } catch {
          shared = new Uint8Array(keyBytes);
        }
        return notZero(shared);
      },
    };
  },
  async seal(key, plaintext, associatedData) {
    return gcm(checkedKey(key), zeroIv, associatedData).encrypt(plaintext);
  },
  async open(key, ciphertext, associatedData) {
    try {
      return gcm(checkedKey(key), zeroIv, associatedData).decrypt(ciphertext);
    } catch {
      return null;
    }
  },
  async keystream(key, zeros) {
    return ctr(checkedKey(key), zeroCounter).encrypt(zeros);
  },
};
