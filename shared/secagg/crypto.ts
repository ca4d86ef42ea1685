// The primitives of secure aggregation behind one small interface: X25519 (RFC 7748), AES-256-GCM and AES-256-CTR (NIST SP 800-38A, D).
// WebCrypto where the platform has it, noble where it lacks one; the bytes are the same. Noble's are loaded where they are needed (noble-crypto.ts).
// Hashes, HMAC and HKDF are noble's everywhere: they are synchronous and their inputs are short (keys.ts).
import { ProtocolError } from '../protocol/errors.ts';
import { fromHex } from '../protocol/hex.ts';
import { equalBytes } from './bytes.ts';
import { isElement } from './field.ts';

export const keyBytes = 32;
/** AES-GCM's tag. */
export const tagBytes = 16;

/** A secret X25519 key. */
export interface AgreementKey {
  /** 32 bytes; shared, do not change. */
  readonly publicKey: Uint8Array;
  /** The 32 bytes shared with the owner of `peer`; the caller's. Rejects with ProtocolError 'bad-key' for a low-order or non-canonical key. */
  agree(peer: Uint8Array): Promise<Uint8Array>;
}

export interface MaskCrypto {
  readonly agreement: 'webcrypto' | 'noble';
  readonly cipher: 'webcrypto' | 'noble';
  /** @param secret 32 bytes; read at once, not kept by reference. */
  agreementKey(secret: Uint8Array): Promise<AgreementKey>;
  /** AES-256-GCM with an IV of 12 zeros: a key must seal ONE message. Returns ciphertext ‖ tag. */
  seal(key: Uint8Array, plaintext: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array>;
  /** The plaintext, or null when key, ciphertext or associated data is not what was sealed. */
  open(key: Uint8Array, ciphertext: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array | null>;
  /** AES-256-CTR from a zero counter block over `zeros`, which stays as it is. The result is the caller's and starts on a word. */
  keystream(key: Uint8Array, zeros: Uint8Array): Promise<Uint8Array>;
}

/** What is used of WebCrypto's SubtleCrypto. */
export interface SubtleLike {
  importKey(
    format: 'raw' | 'pkcs8',
    keyData: PlainBytes,
    algorithm: { name: string },
    extractable: boolean,
    keyUsages: ('deriveBits' | 'encrypt' | 'decrypt')[],
  ): Promise<unknown>;
  deriveBits(algorithm: { name: string; public: unknown }, baseKey: unknown, length: number): Promise<ArrayBuffer>;
  encrypt(algorithm: CipherLike, key: unknown, data: PlainBytes): Promise<ArrayBuffer>;
  decrypt(algorithm: CipherLike, key: unknown, data: PlainBytes): Promise<ArrayBuffer>;
}

/** WebCrypto takes no shared memory. */
type PlainBytes = Uint8Array<ArrayBuffer>;

type CipherLike =
  | { name: 'AES-GCM'; iv: PlainBytes; additionalData: PlainBytes }
  | { name: 'AES-CTR'; counter: PlainBytes; length: number };

export const zeroIv = new Uint8Array(12);
export const zeroCounter = new Uint8Array(16);
const basePoint = Uint8Array.from({ length: keyBytes }, (_, i) => (i === 0 ? 9 : 0));
/** PKCS #8 around a raw X25519 key (RFC 8410): the 32 bytes follow. */
const pkcs8Prefix = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20];

/** RFC 7748, 6.1: Alice's secret, Bob's public key, Alice's public key, what they share. */
const agreementAnswer = {
  secret: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
  peer: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
  publicKey: '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
  shared: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
};
/** Under a key of 32 bytes 0x33: the base point sealed beside 12 zeros, and 40 bytes of keystream. */
const cipherAnswer = {
  sealed: '504131e25a77e20d6f0f555e06d52513dcaa9b86b958552eea34ecdf8263e496c726bfac3ce3ff18ca9749f1e91e73f5',
  keystream: 'a3869d34b5faf08dcadd555ad41c1f4aa664ef80c4e50923a2ec97f755899479594131e25a77e20d',
};

/**
 * The platform's primitives, each one tried against known answers first; what is missing or differs is noble's.
 * @param subtle `crypto.subtle`; undefined outside of a secure context.
 */
export async function maskCrypto(subtle: SubtleLike | undefined): Promise<MaskCrypto> {
  if (subtle === undefined) return nobleCrypto();
  const platform = platformCrypto(subtle);
  const [agreement, cipher] = await Promise.all([works(() => agrees(platform)), works(() => ciphers(platform))]);
  return agreement && cipher
    ? platform
    : combined(agreement ? platform : await nobleCrypto(), cipher ? platform : await nobleCrypto());
}

async function nobleCrypto(): Promise<MaskCrypto> {
  return (await import('./noble-crypto.ts')).nobleCrypto;
}

/** Whether an implementation agrees on keys as RFC 7748 says. */
export async function agrees(implementation: MaskCrypto): Promise<boolean> {
  const own = await implementation.agreementKey(fromHex(agreementAnswer.secret));
  const shared = await own.agree(fromHex(agreementAnswer.peer));
  return (
    equalBytes(own.publicKey, fromHex(agreementAnswer.publicKey)) && equalBytes(shared, fromHex(agreementAnswer.shared))
  );
}

/** Whether an implementation seals, opens and expands to the known answers. */
export async function ciphers(implementation: MaskCrypto): Promise<boolean> {
  const key = new Uint8Array(keyBytes).fill(0x33);
  const answer = fromHex(cipherAnswer.sealed);
  const sealed = await implementation.seal(key, basePoint, zeroIv);
  const opened = await implementation.open(key, answer, zeroIv);
  const keystream = await implementation.keystream(key, new Uint8Array(40));
  return (
    equalBytes(sealed, answer) &&
    opened !== null &&
    equalBytes(opened, basePoint) &&
    equalBytes(keystream, fromHex(cipherAnswer.keystream))
  );
}

async function works(trial: () => Promise<boolean>): Promise<boolean> {
  try {
    return await trial();
  } catch {
    return false;
  }
}

function combined(agreement: MaskCrypto, cipher: MaskCrypto): MaskCrypto {
  return {
    agreement: agreement.agreement,
    cipher: cipher.cipher,
    agreementKey: agreement.agreementKey,
    seal: cipher.seal,
    open: cipher.open,
    keystream: cipher.keystream,
  };
}

/** WebCrypto alone; `maskCrypto` is what to call unless both are to be compared. */
export function platformCrypto(subtle: SubtleLike): MaskCrypto {
  const cipherKey = (key: Uint8Array, name: 'AES-GCM' | 'AES-CTR', use: 'encrypt' | 'decrypt') =>
    subtle.importKey('raw', plain(checkedKey(key)), { name }, false, [use]);
  return {
    agreement: 'webcrypto',
    cipher: 'webcrypto',
    async agreementKey(secret) {
      const encoded = new Uint8Array(pkcs8Prefix.length + keyBytes);
      encoded.set(pkcs8Prefix);
      encoded.set(checkedKey(secret), pkcs8Prefix.length);
      const own = await subtle.importKey('pkcs8', encoded, { name: 'X25519' }, false, ['deriveBits']);
      encoded.fill(0);
      const multiply = async (point: Uint8Array) => {
        const peer = await subtle.importKey('raw', plain(point), { name: 'X25519' }, true, []);
        return new Uint8Array(await subtle.deriveBits({ name: 'X25519', public: peer }, own, 8 * keyBytes));
      };
      return {
        publicKey: await multiply(basePoint),
        async agree(peer) {
          checkPublicKey(peer);
          // Platforms differ in whether they throw for a shared secret of zeros.
          return notZero(await multiply(peer).catch(() => new Uint8Array(keyBytes)));
        },
      };
    },
    async seal(key, plaintext, additionalData) {
      const algorithm = { name: 'AES-GCM', iv: zeroIv, additionalData: plain(additionalData) } as const;
      return new Uint8Array(
        await subtle.encrypt(algorithm, await cipherKey(key, 'AES-GCM', 'encrypt'), plain(plaintext)),
      );
    },
    async open(key, ciphertext, additionalData) {
      const imported = await cipherKey(key, 'AES-GCM', 'decrypt');
      const algorithm = { name: 'AES-GCM', iv: zeroIv, additionalData: plain(additionalData) } as const;
      return subtle.decrypt(algorithm, imported, plain(ciphertext)).then(
        (plaintext) => new Uint8Array(plaintext),
        () => null,
      );
    },
    async keystream(key, zeros) {
      const imported = await cipherKey(key, 'AES-CTR', 'encrypt');
      return new Uint8Array(
        await subtle.encrypt({ name: 'AES-CTR', counter: zeroCounter, length: 64 }, imported, plain(zeros)),
      );
    },
  };
}

/**
 * [M15] A public key is a number below 2^255 - 19, not zero. Keys that only differ in the ignored top bit or by the prime are one key, so
 * they are refused; so that no two spellings count as two clients. Throws ProtocolError 'bad-key'. Low order is found by agreeing.
 */
export function checkPublicKey(key: Uint8Array): void {
  if (!isElement(key) || key.every((byte) => byte === 0)) {
    throw new ProtocolError('bad-key', 'public key: expected 32 bytes, a number from 1 to 2^255 - 20');
  }
}

export function notZero(shared: Uint8Array): Uint8Array {
  if (shared.every((byte) => byte === 0)) {
    throw new ProtocolError(
      'bad-key',
      'public key: expected a point of large order; nothing secret can be agreed with it',
    );
  }
  return shared;
}

export function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length !== keyBytes) throw new RangeError(`key: expected ${keyBytes} bytes, got ${key.length}`);
  return key;
}

function plain(bytes: Uint8Array): PlainBytes {
  const shared = Object.prototype.toString.call(bytes.buffer) !== '[object ArrayBuffer]';
  return shared ? Uint8Array.from(bytes) : (bytes as PlainBytes);
}
