// [R9] The server is killed with -9 in each state of a round and started again on the same data directory: the last published model is
// served, the open round is abandoned, and the next round works.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClientMessage } from '#shared/protocol/messages.ts';
import { sqliteStore } from '../store/sqlite.ts';
import { RawClient } from '../testing/raw-client.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const built = join(root, 'build', 'server-e2e');

/** Bundled once: each of the starts below then takes a third of the time. */
beforeAll(async () => {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { ssr: join(here, 'child.ts'), outDir: built, target: 'node20', emptyOutDir: true },
  });
});

interface Child {
  readonly process: ChildProcess;
  readonly url: string;
  readonly held: Promise<string>;
  readonly exited: Promise<void>;
}

let folder: string;
let children: ChildProcess[] = [];
let clients: RawClient[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-kill-'));
  children = [];
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(hold = 'none'): Promise<Child> {
  const child = spawn(process.execPath, [join(built, 'child.js'), folder, hold], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let sayHeld: (where: string) => void = () => undefined;
  const held = new Promise<string>((resolve) => {
    sayHeld = resolve;
  });
  const url = await new Promise<string>((resolve, reject) => {
    void exited.then(() => reject(new Error('The server ended before it was ready.')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { ready?: string; held?: string };
      if (said.ready !== undefined) resolve(said.ready);
      if (said.held !== undefined) sayHeld(said.held);
    });
  });
  return { process: child, url, held, exited };
}

async function kill(child: Child): Promise<void> {
  child.process.kill('SIGKILL');
  await child.exited;
}

function connect(url: string, count: number): RawClient[] {
  const made = Array.from({ length: count }, () => new RawClient(url));
  clients.push(...made);
  return made;
}

async function status(url: string) {
  const answer = await fetch(`${url}/v1/status`);
  return (await answer.json()) as {
    model: { version: number; hash: string };
    round: { id: string; state: string } | null;
    rounds: { completed: number; failed: number };
  };
}

/** A whole round; returns the version that it published. */
async function playRound(url: string): Promise<number> {
  const people = connect(url, 24);
  await Promise.all(people.map((person) => person.join()));
  const [outcome] = await Promise.all(people.map((person, index) => person.takePart({ seed: index + 1 })));
  for (const person of people) person.close();
  if (outcome?.kind !== 'result') throw new Error(`Expected a result, got ${JSON.stringify(outcome)}.`);
  return outcome.modelVersion;
}

/** All take part, but for the first, who keeps back its message of that kind: the round waits there. Resolves when it would have sent it. */
async function takePartUntil(people: readonly RawClient[], kind: ClientMessage['kind'] | null): Promise<void> {
  await new Promise<void>((resolve) => {
    people.forEach((person, index) => {
      const before = (message: ClientMessage) => {
        if (index > 0 || message.kind !== kind) return true;
        resolve();
        return false;
      };
      // It ends with the server.
      person.takePart({ seed: index + 1, before }).catch(() => undefined);
    });
    if (kind === null) resolve();
  });
}

const answers = ['advertise', 'shares', 'masked', 'confirm', 'unmask'] as const;
/** Published first, so that there is something to lose. */
const states = ['after-transaction', 'gather', 'config', ...answers, 'aggregate', 'before-transaction'] as const;

test('killed in each state of a round, one after the other', async () => {
  let version = 1;
  let failed = 0;
  const roundIds = new Map<string, string>();
  let child: Child;

  const checkServed = async (what: string) => {
    const { model, round, rounds } = await status(child.url);
    expect(model.version, what).toBe(version);
    expect(round, what).toBeNull();
    expect(rounds.failed, what).toBe(failed);
    expect((await fetch(`${child.url}/v1/models/${model.hash}`)).status).toBe(200);
  };
  for (const state of states) {
    child = await start(state);
    await checkServed(`before ${state}`);
    const people = connect(child.url, state === 'gather' ? 5 : 24);
    await Promise.all(people.map((person) => person.join()));
    if (state === 'gather') await Promise.all(people.map((person) => person.next('waiting')));
    else {
      const kind = answers.find((known) => known === state) ?? null;
      await takePartUntil(people, kind);
      if (kind === null) await child.held;
    }
    const { round } = await status(child.url);
    expect(round?.state).toBe(state.endsWith('transaction') ? 'publish' : state);
    roundIds.set(state, round?.id ?? '');
    await kill(child);
    if (state === 'after-transaction') version += 1;
    else if (state !== 'gather') failed += 1;
  }
  child = await start();
  await checkServed('at the end');
  expect(await playRound(child.url), 'the next round').toBe(version + 1);
  await kill(child);

  const store = await sqliteStore(join(folder, 'tacit.db'));
  for (const [state, id] of roundIds) {
    expect((await store.round(id))?.state, state).toBe(state === 'after-transaction' ? 'published' : 'abandoned');
  }
  expect((await store.latestModel())?.version).toBe(version + 1);
  await store.close();
});

test('a second start on the same data directory is refused clearly, a killed one refuses nobody, SIGTERM ends it cleanly', async () => {
  const first = await start();
  const second = spawn(process.execPath, [join(built, 'child.js'), folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(second);
  let text = '';
  second.stderr.on('data', (bytes) => {
    text += String(bytes);
  });
  const code = await new Promise((resolve) => second.once('close', resolve));
  expect(code).not.toBe(0);
  expect(text).toContain('is in use by another Tacit');
  expect(text).toContain(first.url);
  await kill(first);
  const third = await start();
  expect((await status(third.url)).model.version).toBe(1);

  // server.json is there while it is ready and gone after SIGTERM, which takes less than 5 s.
  const path = join(folder, 'server.json');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ url: third.url, pid: third.process.pid });
  const people = connect(third.url, 3);
  await Promise.all(people.map((person) => person.join()));
  const before = performance.now();
  third.process.kill('SIGTERM');
  await third.exited;
  expect(performance.now() - before).toBeLessThan(5_000);
  expect(third.process.exitCode).toBe(0);
  expect(existsSync(path)).toBe(false);
  await Promise.all(people.map((person) => person.untilClosed()));
});
