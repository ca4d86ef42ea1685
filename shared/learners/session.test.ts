// The file of a state that is made of evidence: [SF1] what is written is read; [SF2] one that says anything else is refused, before memory is taken for it.
import { expect, test } from 'vitest';
import { encodeSession, parseSession } from './session.ts';

const names = { learner: 'communities', numbers: ['rate'], arrays: ['prior'], evidence: ['said'] } as const;
const said = { sum: Float64Array.of(3, -4, 5), precision: 2, noise: 0.5, people: 24, epochs: 1.9 };
const state = { rate: 0.25, prior: Float64Array.of(0.5, 0.5), said };
const file = encodeSession(names, state);

/** The file with another text for its header. */
function withHeader(change: (text: string) => string): Uint8Array {
  const view = new DataView(file.buffer);
  const end = 8 + view.getUint32(4, true);
  const text = change(new TextDecoder().decode(file.subarray(8, end)));
  const padded = (length: number) => Math.ceil(length / 8) * 8;
  const changed = new Uint8Array(padded(8 + text.length) + file.length - padded(end));
  changed.set(file.subarray(0, 8));
  new DataView(changed.buffer).setUint32(4, text.length, true);
  changed.set(new TextEncoder().encode(text), 8);
  changed.set(file.subarray(padded(end)), padded(8 + text.length));
  return changed;
}

test('[SF1] numbers, arrays and evidence come back as they were', () => {
  expect(parseSession(names, file)).toEqual(state);
  expect(
    parseSession(
      names,
      withHeader((text) => text),
    ),
  ).toEqual(state);
});

test.each([
  ['a number that is missing', /"rate":0.25/, '"other":0.25'],
  ['an infinite number', /"rate":0.25/, '"rate":1e999'],
  ['a number below 0', /"said.people":24/, '"said.people":-24'],
  ['evidence without its epochs', /"said.epochs":1.9,/, ''],
  ['a length that is none', /"lengths":\[2,3\]/, '"lengths":[2,-3]'],
  ['more than the file has', /"lengths":\[2,3\]/, '"lengths":[2,67108864]'],
  ['arrays of another learner', /"lengths":\[2,3\]/, '"lengths":[2,3,0]'],
  ['another learner', /"communities"/, '"co-occurrence"'],
  ['no object', /.*/, 'null'],
] as const)('[SF2] %s', (_, from, to) => {
  const changed = withHeader((text) => {
    expect(text).toMatch(from);
    return text.replace(from, to);
  });
  expect(() => parseSession(names, changed)).toThrow(/server state file/);
});

test('[SF2] a number of an array that is not finite', () => {
  const changed = file.slice();
  new DataView(changed.buffer).setFloat64(changed.length - 8, Number.NaN, true);
  expect(() => parseSession(names, changed)).toThrow(/NaN/);
});
