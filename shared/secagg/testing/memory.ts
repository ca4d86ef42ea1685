// Primitives and randomness that remember their answers, for tests that play thousands of rounds from the same seeds: real bytes, computed once.

import { experimentRandom, type RandomSource } from '../../maths/random.ts';
import type { AgreementKey, MaskCrypto } from '../crypto.ts';

/**
 * The same primitives; an input that came before is answered from memory, with a fresh copy. What two keys agree on is computed by whichever
 * end asks first (that both ends get the same is tested in crypto.test.ts). Grows without bound.
 */
export function rememberingCrypto(crypto: MaskCrypto): MaskCrypto {
  const keys = new Map<string, Promise<AgreementKey>>();
  const answers = new Map<string, Promise<Uint8Array | null>>();
  const remembered = async (key: string, compute: () => Promise<Uint8Array | null>) => {
    let answer = answers.get(key);
    if (answer === undefined) {
      answer = compute();
      answers.set(key, answer);
    }
    const bytes = await answer;
    return bytes === null ? null : Uint8Array.from(bytes);
  };
  const needed = async (bytes: Promise<Uint8Array | null>): Promise<Uint8Array> => (await bytes)!;
  return {
    agreement: crypto.agreement,
    cipher: crypto.cipher,
    agreementKey(secret) {
      const name = nameOf(secret);
      let key = keys.get(name);
      if (key === undefined) {
        key = crypto.agreementKey(secret).then((made) => ({
          publicKey: made.publicKey,
          agree: (peer) => {
            const ends = [nameOf(made.publicKey), nameOf(peer)].sort();
            return needed(remembered(`agree ${ends.join(' ')}`, () => made.agree(peer)));
          },
        }));
        keys.set(name, key);
      }
      return key;
    },
    seal: (key, text, data) =>
      needed(remembered(`seal ${nameOf(key)} ${nameOf(text)} ${nameOf(data)}`, () => crypto.seal(key, text, data))),
    open: (key, sealed, data) =>
      remembered(`open ${nameOf(key)} ${nameOf(sealed)} ${nameOf(data)}`, () => crypto.open(key, sealed, data)),
    keystream: (key, zeros) =>
      needed(remembered(`stream ${nameOf(key)} ${zeros.length}`, () => crypto.keystream(key, zeros))),
  };
}

function nameOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

const rememberedWords = 4096;

/** Seeded sources by seat that start anew with each call: the words of a seat are drawn once. Throws RangeError beyond 4096 words. */
export function rememberingRandom(seed: number): (seat: number) => RandomSource {
  const bySeat = new Map<number, Uint32Array>();
  return (seat) => {
    let words = bySeat.get(seat);
    if (words === undefined) {
      words = new Uint32Array(rememberedWords);
      experimentRandom(1000 * seed + seat).fillUint32(words);
      bySeat.set(seat, words);
    }
    const drawn = words;
    let at = 0;
    return {
      kind: 'experiment',
      fillUint32(out) {
        if (at + out.length > drawn.length)
          throw new RangeError(`rememberingRandom: expected at most ${drawn.length} words`);
        out.set(drawn.subarray(at, at + out.length));
        at += out.length;
      },
    };
  };
}
