// The primitives of masks on Node's synchronous calls: the same bytes as WebCrypto and noble, and everything is done when the promises are,
// so a test needs no waiting for threads. For tests alone.
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
} from 'node:crypto';
import { ProtocolError } from '#shared/protocol/errors.ts';
import { checkPublicKey, type MaskCrypto } from '#shared/secagg/crypto.ts';

/** DER around the raw 32 bytes (RFC 8410). */
const pkcs8Prefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b656e032100', 'hex');
const tagBytes = 16;
const zeroIv = new Uint8Array(12);
const zeroCounter = new Uint8Array(16);

/** Taking a key in costs more than agreeing with it, and each is agreed with by everybody. */
const publicKeys = new Map<string, KeyObject>();
const mostPublicKeys = 256;

function publicKeyOf(raw: Uint8Array): KeyObject {
  const name = Buffer.from(raw).toString('hex');
  let key = publicKeys.get(name);
  if (key === undefined) {
    if (publicKeys.size >= mostPublicKeys) publicKeys.clear();
    key = createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
    publicKeys.set(name, key);
  }
  return key;
}

export const nodeMaskCrypto: MaskCrypto = {
  agreement: 'webcrypto',
  cipher: 'webcrypto',
  async agreementKey(secret) {
    const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, secret]), format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
    return {
      publicKey: Uint8Array.from(spki.subarray(spkiPrefix.length)),
      async agree(peer) {
        checkPublicKey(peer);
        try {
          return Uint8Array.from(diffieHellman({ privateKey, publicKey: publicKeyOf(peer) }));
        } catch {
          throw new ProtocolError('bad-key', 'public key: expected a point of large order');
        }
      },
    };
  },
  async seal(key, plaintext, associatedData) {
    const cipher = createCipheriv('aes-256-gcm', key, zeroIv).setAAD(associatedData);
    return Uint8Array.from(Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]));
  },
  async open(key, ciphertext, associatedData) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, zeroIv).setAAD(associatedData);
      decipher.setAuthTag(ciphertext.subarray(-tagBytes));
      return Uint8Array.from(Buffer.concat([decipher.update(ciphertext.subarray(0, -tagBytes)), decipher.final()]));
    } catch {
      return null;
    }
  },
  async keystream(key, zeros) {
    return Uint8Array.from(createCipheriv('aes-256-ctr', key, zeroCounter).update(zeros));
  },
};
