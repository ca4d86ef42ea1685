// Uploads on their way: bounded whatever the cohort, complete or not there at all, and nobody waits for one that stands still.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uploadFrames } from '#shared/protocol/codec.ts';
import { frameHeaderBytes, maximumUpdateLength } from '#shared/protocol/limits.ts';
import { slowestUploadBytesPerS } from '#shared/secagg/parameters.ts';
import { leastOpenUploads, maxOpenUploadBytes, uploadTurnMs } from './limits.ts';
import { ManualClock } from './testing/manual-clock.ts';
import { Uploads } from './uploads.ts';

const payloadBytes = 100;
/** Room for this many. */
const places = 5;

const payloadOf = (name: string): Uint8Array =>
  Uint8Array.from({ length: payloadBytes }, (_, i) => i * 31 + name.charCodeAt(0));

/** An upload cut into `parts` frames of about equal length. */
function framesOf(payload: Uint8Array, parts: number): Uint8Array[] {
  const content = uploadFrames(payload).flatMap((frame) => [...frame.subarray(frameHeaderBytes)]);
  const step = Math.ceil(content.length / parts);
  return Array.from({ length: parts }, (_, seq) => {
    const part = content.slice(seq * step, (seq + 1) * step);
    return Uint8Array.of(seq, 0, seq === parts - 1 ? 1 : 0, ...part);
  });
}

/** Uploads with everything that they said, in order. */
function watched(maxOpenBytes = places * payloadBytes) {
  const clock = new ManualClock();
  const said: string[] = [];
  const complete = new Map<string, Uint8Array>();
  const held = new Set<string>();
  const uploads = new Uploads({
    payloadBytes,
    maxOpenBytes,
    clock,
    onComplete: (client, payload) => {
      said.push(`complete ${client}`);
      complete.set(client, payload);
    },
    onFault: (client, { code }) => said.push(`${code} ${client}`),
    onSlow: (client) => {
      said.push(`slow ${client}`);
      uploads.forget(client);
    },
    hold: (client) => held.add(client),
    release: (client) => held.delete(client),
  });
  return { uploads, clock, said, complete, held };
}

/** A frame that begins an upload, and is all that comes of it. */
const beginning = () => new Uint8Array(frameHeaderBytes + 10);

describe('[S1] uploads', () => {
  test('however many come and however their frames are mixed, each is complete once, with its own bytes', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    fc.assert(
      fc.property(
        fc.array(fc.nat(names.length - 1), { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (turns, parts) => {
          const { uploads, complete, held } = watched();
          const left = new Map(names.map((name) => [name, framesOf(payloadOf(name), parts)]));
          const order = [
            ...turns.map((turn) => names[turn]!),
            ...names.flatMap((name) => Array<string>(parts).fill(name)),
          ];
          for (const name of order) {
            const frame = left.get(name)!.shift();
            if (frame !== undefined) uploads.frame(name, frame);
          }
          for (const name of names) expect(complete.get(name)).toEqual(payloadOf(name));
          expect(uploads.counts).toEqual({ open: 0, waiting: 0 });
          expect(held.size).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('only so many are open: whose would be one more is held, and goes on in its order when there is room', () => {
    const { uploads, said, held } = watched();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) uploads.frame(name, beginning());
    expect(uploads.counts).toEqual({ open: places, waiting: 2 });
    expect([...held]).toEqual(['f', 'g']);
    uploads.forget('c');
    expect([...held]).toEqual(['g']);
    // A fault frees its place as well.
    uploads.frame('a', beginning());
    expect(said).toEqual(['bad-frame a']);
    expect(held.size).toBe(0);
    expect(uploads.counts).toEqual({ open: places, waiting: 0 });
  });

  test('a few are open whatever their size', () => {
    const { uploads } = watched(1);
    for (let index = 0; index < 10; index++) uploads.frame(`client ${index}`, beginning());
    expect(uploads.counts).toEqual({ open: leastOpenUploads, waiting: 10 - leastOpenUploads });
    // The largest upload that a policy may ask for.
    expect(leastOpenUploads * 4 * maximumUpdateLength).toBeLessThanOrEqual(maxOpenUploadBytes);
  });

  test('what a held sender still had in hand is not lost: its frames follow when its turn comes', () => {
    const { uploads, complete, held } = watched();
    const [first, second] = framesOf(payloadOf('x'), 2) as [Uint8Array, Uint8Array];
    for (let index = 0; index < places; index++) uploads.frame(`open ${index}`, first);
    for (const frame of framesOf(payloadOf('w'), 2)) uploads.frame('w', frame);
    expect(held.has('w')).toBe(true);
    expect(complete.size).toBe(0);
    uploads.frame('open 3', second);
    expect(complete.get('w')).toEqual(payloadOf('w'));
    expect(held.size).toBe(0);
    expect(uploads.counts.open).toBe(places - 1);
  });

  test('[T5] a held sender that goes on and on is at fault, before it held more than an upload', () => {
    const { uploads, said, held } = watched();
    for (let index = 0; index < places; index++) uploads.frame(`open ${index}`, beginning());
    // 100 bytes and the hash: 13 frames of 10 bytes fit, 14 do not.
    for (let index = 0; index < 13; index++) uploads.frame('w', beginning());
    expect(said).toEqual([]);
    uploads.frame('w', beginning());
    expect(said).toEqual(['too-large w']);
    expect(held.size).toBe(0);
    expect(uploads.counts).toEqual({ open: places, waiting: 0 });
  });

  test('an upload that stands still loses its turn when others wait, the oldest first, and not before', () => {
    const { uploads, clock, said } = watched();
    const turnMs = uploadTurnMs + Math.ceil((1000 * payloadBytes) / slowestUploadBytesPerS);
    for (let index = 0; index < places; index++) {
      uploads.frame(`open ${index}`, beginning());
      clock.advance(1000);
    }
    // Nobody waits: they may take as long as the stage.
    clock.advance(10 * turnMs);
    expect(said).toEqual([]);
    uploads.frame('v', beginning());
    clock.advance(0);
    expect(said).toEqual(['slow open 0']);
    expect(uploads.counts).toEqual({ open: places, waiting: 0 });
    for (const name of ['w', 'x', 'y', 'z']) uploads.frame(name, beginning());
    clock.advance(0);
    expect(said.slice(1)).toEqual(['slow open 1', 'slow open 2', 'slow open 3', 'slow open 4']);
    uploads.frame('last', beginning());
    clock.advance(turnMs - 1);
    expect(said).toHaveLength(places);
    clock.advance(1);
    expect(said.slice(places)).toEqual(['slow v']);
  });

  test('one that is gone in the middle leaves nothing, and may begin again', () => {
    const { uploads, complete } = watched();
    const [first] = framesOf(payloadOf('a'), 3);
    uploads.frame('a', first!);
    uploads.forget('a');
    expect(uploads.counts).toEqual({ open: 0, waiting: 0 });
    for (const frame of framesOf(payloadOf('b'), 3)) uploads.frame('a', frame);
    expect(complete.get('a')).toEqual(payloadOf('b'));
  });

  test('at the end of a round everybody is read from again, and no timer is left', () => {
    const { uploads, clock, said, held } = watched();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) uploads.frame(name, beginning());
    uploads.close();
    expect(held.size).toBe(0);
    clock.advance(1e9);
    expect(said).toEqual([]);
  });
});
