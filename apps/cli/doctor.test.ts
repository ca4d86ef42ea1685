// The doctor without a browser: what it looks at, what it says of it, and what it does not say.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkBrowsers, checkDataDirectory, checkNode, checkPackages, checkPage } from './doctor/checks.ts';
import { run } from './doctor.ts';
import { captured } from './testing/captured.ts';

let folder: string;
let taken: Server;
let takenPort: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-doctor-test-'));
  taken = createServer();
  await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready));
  const address = taken.address();
  takenPort = String(typeof address === 'object' ? address?.port : '');
});
afterEach(async () => {
  await new Promise((closed) => taken.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

const output = (...argv: string[]) => captured(() => run(argv));

const doctor = (...argv: string[]) => output('--no-browser', '--data-dir', join(folder, 'data'), ...argv);
const stateOf = (out: string, name: string) =>
  (JSON.parse(out) as { checks: { name: string; state: string }[] }).checks.find((check) => check.name === name)?.state;

describe('doctor', () => {
  test('looks at each thing once, leaves nothing behind, and says so in words and as JSON', async () => {
    const { out, err } = await doctor('--port', '0', '--json');
    expect(err).toBe('');
    const { checks, browsers, crossoverWork } = JSON.parse(out);
    const names = ['node', 'packages', 'page', 'core', 'data', 'port', 'catalogue', 'browsers', 'training'];
    expect(checks.map((check: { name: string }) => check.name)).toEqual(names);
    for (const name of ['node', 'packages', 'core', 'data', 'port', 'catalogue'])
      expect(stateOf(out, name), out).toBe('ok');
    expect(stateOf(out, 'training')).toBe('note');
    expect({ browsers, crossoverWork }).toEqual({ browsers: [], crossoverWork: 500_000 });
    expect(readdirSync(folder)).toEqual([]);
    const words = (await doctor('--port', '0')).out;
    for (const name of names) expect(words).toMatch(new RegExp(`^(ok|note|FAILED) +${name} `, 'm'));
  });

  test('names nobody: no home, no user, no path of a browser', async () => {
    const { out } = await output('--no-browser', '--json', '--port', '0');
    expect(out).not.toContain(homedir());
    expect(out).not.toContain(process.cwd());
    if (userInfo().username !== 'root') expect(out).not.toContain(userInfo().username);
  });

  test('a port that was asked for and is taken has to be mended', async () => {
    const { code, out } = await doctor('--port', takenPort, '--json');
    expect(code).toBe(1);
    expect(stateOf(out, 'port')).toBe('failed');
    expect((await doctor('--port', takenPort)).out).toMatch(/FAILED +port .*--port[\s\S]*Mend what has FAILED/);
  });

  test('a catalogue that is none has to be mended', async () => {
    writeFileSync(join(folder, 'broken.json'), '{');
    const { code, out } = await doctor('--catalogue', join(folder, 'broken.json'), '--json');
    expect(code).toBe(1);
    expect(stateOf(out, 'catalogue')).toBe('failed');
  });

  test.each([
    [['--sizes', '4000'], /--sizes: expected/],
    [['--sizes', '4000x257'], /--sizes: expected/],
    [['--sizes', '9999999x8'], /--sizes: expected/],
    [['--sizes'], /--sizes: expected/],
    [['--prot', '1'], /unknown flag/],
    [['films'], /unexpected argument/],
    [['--catalogue', 'nowhere'], /nowhere/],
  ])('%j is not understood', async (argv, message) => {
    const { code, out, err } = await output('--no-browser', ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  test('help says what it does', async () => {
    const { code, out } = await output('--help');
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: npm run -s tacit -- doctor/);
  });
});

describe('its checks', () => {
  test.each([
    ['v20.20.2', 'ok'],
    ['v20.18.0', 'failed'],
    ['v21.7.0', 'failed'],
    ['v22.12.0', 'ok'],
  ])('Node %s: %s', (version, state) => {
    expect(checkNode(version).state).toBe(state);
  });

  test('packages: none, other ones, those of the lock file', () => {
    expect(checkPackages(folder).state).toBe('note');
    const lock = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } });
    writeFileSync(join(folder, 'package-lock.json'), lock('1.0.0'));
    expect(checkPackages(folder).state).toBe('failed');
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock('1.0.1'));
    expect(checkPackages(folder)).toMatchObject({ state: 'failed', said: expect.stringContaining('npm ci') });
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), lock('1.0.0'));
    expect(checkPackages(folder).state).toBe('ok');
  });

  test('the page: built or not', () => {
    expect(checkPage(folder).state).toBe('failed');
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'index.html'), '');
    expect(checkPage(folder).state).toBe('ok');
  });

  test('the data directory: to be created, in use, not to be written', () => {
    expect(checkDataDirectory(join(folder, 'a', 'b'))).toMatchObject({
      state: 'ok',
      said: expect.stringContaining('can be created'),
    });
    writeFileSync(join(folder, 'server.json'), JSON.stringify({ url: 'http://127.0.0.1:8080', pid: 1 }));
    expect(checkDataDirectory(folder)).toMatchObject({
      state: 'note',
      said: expect.stringContaining('http://127.0.0.1:8080'),
    });
    // Below a file there is no folder, whoever asks.
    expect(checkDataDirectory(join(folder, 'server.json', 'below'))).toMatchObject({ state: 'failed' });
  });

  test('browsers: a name that leads nowhere, one of two', () => {
    expect(checkBrowsers({ TACIT_BROWSER: join(folder, 'none') })).toMatchObject({
      chromiumPath: null,
      check: { state: 'note' },
    });
    const browser = join(folder, 'chromium');
    writeFileSync(browser, '');
    chmodSync(browser, 0o755);
    const { check, chromiumPath } = checkBrowsers({ PATH: folder });
    expect(chromiumPath).toBe(browser);
    expect(check.said).not.toContain(folder);
  });
});
