// Nothing that the server keeps, logs, counts or answers lets its operator tell who of one round took part in another: whatever a client said
// is in none of it. The same people take part in two rounds; then everything there is gets searched.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeMessage } from '#shared/protocol/parse.ts';
import { type RunningServer, startServer } from './start.ts';
import { testCatalogue } from './testing/catalogue.ts';
import { patientClock } from './testing/patient-clock.ts';
import { RawClient } from './testing/raw-client.ts';

let folder: string;
let server: RunningServer;
let clients: RawClient[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-linkage-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A window long enough not to be there by chance: 2^-128 for each place. */
const windowBytes = 16;

/** Every window of every binary message that these clients sent. */
function saidBy(people: readonly RawClient[]): Set<string> {
  const windows = new Set<string>();
  for (const { sent } of people) {
    for (const message of sent) {
      const [, , binary] = encodeMessage(message);
      for (let at = 0; at + windowBytes <= (binary?.length ?? 0); at += 1) {
        windows.add(Buffer.from(binary as Uint8Array).toString('latin1', at, at + windowBytes));
      }
    }
  }
  return windows;
}

/** The windows that a haystack has, as bytes or spelled in hex or base64. */
function found(windows: ReadonlySet<string>, haystack: Buffer): number {
  const texts = haystack.toString('latin1').match(/[\w+/-]{22,}/g) ?? [];
  const spelled = texts.flatMap((text) => [
    Buffer.from(text, 'hex'),
    ...[0, 1, 2, 3].map((shift) => Buffer.from(text.slice(shift), 'base64')),
  ]);
  let count = 0;
  for (const bytes of [haystack, ...spelled]) {
    const text = bytes.toString('latin1');
    for (let at = 0; at + windowBytes <= text.length; at += 1) {
      if (windows.has(text.slice(at, at + windowBytes))) count += 1;
    }
  }
  return count;
}

test('two rounds with the same people: nothing that they sent is stored, logged, counted or answered', async () => {
  const lines: string[] = [];
  server = await startServer(
    { catalogue: testCatalogue(), dataDir: folder, timings: { quietMs: 20, graceMs: 200 }, logLevel: 'debug' },
    { clock: patientClock, logs: { write: (line) => lines.push(line) } },
  );
  const people = Array.from({ length: 24 }, () => new RawClient(server.url));
  const stray = new RawClient(server.url);
  clients = [...people, stray];
  const answers: string[] = [];
  const ask = async () => {
    for (const path of ['/v1/status', '/metrics', '/readyz', '/healthz']) {
      answers.push(await (await fetch(server.url + path)).text());
    }
  };
  for (let round = 0; round < 2; round += 1) {
    await Promise.all(people.map((person) => person.join()));
    const parts = people.map((person, index) => person.takePart({ seed: 100 * round + index }));
    await ask();
    const outcomes = await Promise.all(parts);
    expect(outcomes).toMatchObject(Array(24).fill({ kind: 'result', modelVersion: round + 2 }));
    await ask();
    // Something wrong, so that there is a refusal in log and metrics.
    stray.send({ kind: 'confirm', roundId: '0'.repeat(32), bytes: new Uint8Array(34) });
    await stray.next('refused');
  }
  await ask();
  const socketIds = people.map(({ socket }) => socket.id ?? '');
  await server.close();

  const files = readdirSync(folder).filter((name) => name.startsWith('tacit.db'));
  expect(files).toContain('tacit.db');
  const stored = Buffer.concat(files.map((name) => readFileSync(join(folder, name))));
  const told = Buffer.from([...lines, ...answers].join('\n'));
  const windows = saidBy(people);
  expect(windows.size).toBeGreaterThan(100_000);
  expect(found(windows, stored)).toBe(0);
  expect(found(windows, told)).toBe(0);
  for (const id of [...socketIds, ...people.map(({ resume }) => resume), '127.0.0.1', '::1']) {
    expect(told.includes(id), id).toBe(false);
    expect(stored.includes(id), id).toBe(false);
  }

  // The search finds what is there: a token as bytes, in hex and in base64.
  const token = Buffer.from((people[0] as RawClient).resume, 'hex');
  for (const planted of [token, Buffer.from(token.toString('hex')), Buffer.from(token.toString('base64'))]) {
    expect(found(windows, Buffer.concat([stored.subarray(0, 100), Buffer.from('"'), planted, Buffer.from('"')]))).toBe(
      1,
    );
  }
}, 120_000);
