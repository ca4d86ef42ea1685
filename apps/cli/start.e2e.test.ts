// `npm start` as a process of its own: the built one, which `npm test` builds first.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let folder: string;
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-start-'));
});
afterEach(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  running.clear();
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit code, or the signal's name. */
  readonly exited: Promise<number | string | null>;
  /** Resolves with the address of the status when it is printed; rejects when the process ends before. */
  readonly status: Promise<string>;
}

function start(argv: readonly string[], entry = 'start.js'): Started {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TACIT_')));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../dist-server', entry), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null);
  const status = new Promise<string>((found, failed) => {
    child.stdout.on('data', (text) => {
      stdout += String(text);
      const address = /^status: (\S+)$/m.exec(stdout)?.[1];
      if (address !== undefined) found(address);
    });
    child.stderr.on('data', (text) => {
      stderr += String(text);
    });
    void exited.then((code) => failed(new Error(`ended with ${code}: ${stderr}`)));
  });
  status.catch(() => {});
  return { child, stdout: () => stdout, stderr: () => stderr, exited, status };
}

const data = () => join(folder, 'data');
const small = ['--fleet', '0', '--port', '0'];

interface Status {
  readonly policy: { readonly mode: number };
  readonly model: { readonly version: number };
  readonly rounds: { readonly completed: number };
  readonly simulatedParticipants: number;
}
const statusOf = async (address: string): Promise<Status> => (await (await fetch(address)).json()) as Status;

describe('starting', () => {
  test('[ST1] standard output has the two addresses and nothing else; server.json exists while it is ready', async () => {
    const server = start([...small, '--data-dir', data()]);
    const address = await server.status;
    expect(server.stdout()).toMatch(/^page: (http:\/\/127\.0\.0\.1:\d+)\/\nstatus: \1\/v1\/status\n$/);
    expect((await statusOf(address)).model.version).toBe(1);
    expect(existsSync(join(data(), 'server.json'))).toBe(true);
  });

  test('[ST2] a second start on the same data directory is refused and says who has it; the first goes on', async () => {
    const first = start([...small, '--data-dir', data()]);
    const address = await first.status;
    const second = start([...small, '--data-dir', data()]);
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toMatch(new RegExp(`in use by another Tacit.*process ${first.child.pid}`));
    expect(second.stdout()).toBe('');
    expect((await statusOf(address)).model.version).toBe(1);
  });

  test('[ST3] a port that was asked for and is taken is an error', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const server = start(['--fleet', '0', '--port', String(port), '--data-dir', data()]);
    expect(await server.exited).toBe(1);
    expect(server.stderr()).toMatch(new RegExp(`Port ${port} is taken`));
    taken.close();
  });

  test('[ST4] the default port gives way to the next free one', async () => {
    const taken = createServer();
    taken.listen(8080, '127.0.0.1');
    // Somebody else may have it already: that serves as well.
    await Promise.race([once(taken, 'listening'), once(taken, 'error')]);
    const server = start(['--fleet', '0', '--data-dir', data()]);
    const port = Number(new URL(await server.status).port);
    expect(port).toBeGreaterThan(8080);
    expect(port).toBeLessThan(8180);
    taken.close();
  });

  test('[ST11] --mode local is a federation of mode 4, and standard error says what that means', async () => {
    const server = start([...small, '--mode', 'local', '--data-dir', data()]);
    expect((await statusOf(await server.status)).policy.mode).toBe(4);
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.stderr()).toContain('mode 4 by your choice: updates are not masked');
    expect(server.stdout()).toMatch(/^page: \S+\nstatus: \S+\n$/);
  });

  test('[ST12] a crowd that the adviser would not advise is refused with the way on; with --rounds off it is served content alone', async () => {
    const refused = start([...small, '--crowd', '30', '--data-dir', data()]);
    expect(await refused.exited).toBe(1);
    expect(refused.stderr()).toMatch(/served worse than by content alone.*--despite-advice/);
    expect(refused.stdout()).toBe('');
    const alone = start([...small, '--crowd', '30', '--rounds', 'off', '--data-dir', data()]);
    const status = (await (await fetch(await alone.status)).json()) as { stopped: boolean };
    expect(status.stopped).toBe(true);
  });

  test.each([
    [['--prot', '1'], /unknown flag "--prot"/],
    [['--fleet', 'many'], /--fleet: expected a whole number/],
    [['--mode', 'none'], /--mode: expected masked or local, but got "none"/],
    [['--catalogue', 'no-such'], /--catalogue: expected films, an imported name or a file.*no-such.*Here: films/],
  ])('[ST5] %j stops with exit code 2 and the reason', async (argv, reason) => {
    const server = start([...argv, '--data-dir', data()]);
    expect(await server.exited).toBe(2);
    expect(server.stderr()).toMatch(reason);
    expect(server.stdout()).toBe('');
  });

  test('[ST6] a catalogue that is not valid names row and field', async () => {
    const path = join(folder, 'bad.json');
    writeFileSync(
      path,
      JSON.stringify({ name: 'x', licence: 'none', items: [{ id: 'a', title: 'A', genres: [], year: 3 }] }),
    );
    const server = start([...small, '--catalogue', path, '--data-dir', data()]);
    expect(await server.exited).toBe(1);
    expect(server.stderr()).toMatch(/bad\.json: catalogue row 1, field year/);
    expect(server.stderr(), 'no stack trace').not.toMatch(/^ +at /m);
  });
});

describe('stopping', () => {
  test.each([
    ['SIGTERM', 30],
    ['SIGINT', 0],
  ] as const)('[ST7] %s ends it within 5 s, with its fleet of %d, and it can start again', async (signal, people) => {
    const server = start(['--fleet', String(people), '--port', '0', '--data-dir', data()]);
    await waitFor(server, (status) => status.simulatedParticipants === people);
    const before = performance.now();
    server.child.kill(signal);
    expect(await server.exited).toBe(0);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(existsSync(join(data(), 'server.json'))).toBe(false);
    await start([...small, '--data-dir', data()]).status;
  });

  test('[ST8] after kill -9 the same data directory starts at once', async () => {
    const server = start([...small, '--data-dir', data()]);
    await server.status;
    server.child.kill('SIGKILL');
    await server.exited;
    await start([...small, '--data-dir', data()]).status;
  });
});

test('[ST9] the first round closes within some 20 s, by simulated people with ledgers', async () => {
  const server = start(['--port', '0', '--data-dir', data()]);
  const before = performance.now();
  const status = await waitFor(server, ({ rounds }) => rounds.completed === 1);
  // 20 s on a machine of its own; tests share theirs.
  expect(performance.now() - before).toBeLessThan(60_000);
  expect(status.model.version).toBe(2);
  expect(status.policy.mode).toBe(1);
  expect(server.stderr()).not.toContain('mode 4');
  const lines = readFileSync(join(data(), 'fleet', 'ledger.jsonl'), 'utf8')
    .trim()
    .split('\n');
  expect(lines.filter((line) => 'charge' in JSON.parse(line)).length).toBeGreaterThanOrEqual(20);
});

test('[ST10] an imported catalogue is run, and its people take part with their own histories', async () => {
  const path = join(folder, 'interactions.csv');
  let text = 'user,item\n';
  for (let user = 0; user < 60; user += 1)
    for (let like = 0; like < 12; like += 1) text += `u${user},i${(user * 7 + like * 5) % 90}\n`;
  writeFileSync(path, text);
  const importing = start(['import', 'csv', path, '--name', 'mine', '--data-dir', data()], 'tacit.js');
  expect(await importing.exited).toBe(0);
  const server = start(['--port', '0', '--data-dir', data(), '--catalogue', 'mine']);
  await waitFor(server, ({ rounds }) => rounds.completed === 1);
  expect(readFileSync(join(data(), 'fleet', 'ledger.jsonl'), 'utf8')).toContain('"imported-mine-u');
  expect(server.stderr()).toContain('of 72 people, 60 of them imported');
});

/** Asks for the status until it is as awaited; the test's own time limit is the deadline. */
async function waitFor(server: Started, accept: (status: Status) => boolean): Promise<Status> {
  const address = await server.status;
  for (;;) {
    if (server.child.exitCode !== null) throw new Error(`ended with ${server.child.exitCode}: ${server.stderr()}`);
    const status = await statusOf(address);
    if (accept(status)) return status;
    await new Promise((next) => setTimeout(next, 100));
  }
}
