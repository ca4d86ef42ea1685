// Makes a fresh clone ready, and does nothing when it is: runs before `npm start`, `npm test` and `npm run tacit`.
// Depends on Node alone. Everything that it says goes to standard error, so that a command's standard output stays clean.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { coreIsBuilt } from './build-core.mjs';
import { writeWhole } from './whole-file.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// Inside node_modules: whoever deletes that folder deletes this knowledge with it.
const stateFile = join(root, 'node_modules', '.tacit-setup.json');
const lockFile = join(root, 'build', 'setup.lock');
/** A lock this old belongs to nobody, whatever its process id says (ids are used again). */
const staleLockMs = 20 * 60_000;

const say = (text) => process.stderr.write(`tacit: ${text}\n`);

/** Whether this Node is ^20.19.0 or >=22.12.0, as package.json's `engines` says. */
export function nodeIsSupported(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** What the built files are made from; tests are not. */
const sourceRoots = [
  'apps',
  'server',
  'shared',
  'public',
  'index.html',
  'scripts/page-integrity.ts',
  'scripts/build-core.mjs',
  'scripts/whole-file.mjs',
  'package.json',
  'package-lock.json',
];
const sourceConfig = /^vite(\.[a-z]+)?\.config\.ts$/;

function* sourceFiles(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) {
    if (!/\.test\.tsx?$/.test(path)) yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name === 'node_modules' || name === 'e2e' || name === 'testing' || name === 'bench') continue;
    yield* sourceFiles(join(path, name));
  }
}

/** SHA-256 over the names and bytes of all sources. */
function sourcesHash() {
  const hash = createHash('sha256').update(process.version.split('.')[0]);
  const names = [...sourceRoots, ...readdirSync(root).filter((name) => sourceConfig.test(name))];
  for (const name of names) {
    for (const file of sourceFiles(join(root, name))) {
      const bytes = readFileSync(file);
      hash.update(`${relative(root, file).split(sep).join('/')}\0${bytes.length}\0`).update(bytes);
    }
  }
  return hash.digest('hex');
}

/** The state that the last set-up left, or an empty one. */
function readState() {
  try {
    const state = JSON.parse(readFileSync(stateFile, 'utf8'));
    return { packages: String(state.packages ?? ''), build: String(state.build ?? '') };
  } catch {
    return { packages: '', build: '' };
  }
}

function writeState(state) {
  writeWhole(stateFile, `${JSON.stringify(state)}\n`);
}

/** Whether a project's node_modules holds what its lock file says, whoever installed it. */
export function installedAgreesWithLock(project) {
  try {
    const wanted = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')).packages;
    const installed = JSON.parse(readFileSync(join(project, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) => path === '' || entry.optional || installed[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

/** Runs a program with its output on standard error; ends this process when it fails. */
function run(what, program, args, environment = {}) {
  const result = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, ...environment },
    shell: program === 'npm' && process.platform === 'win32',
  });
  if (result.status === 0) return;
  const cause = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
  say(`${what} failed (${cause}). The lines above say why; run the same command again when that is mended.`);
  releaseLock();
  process.exit(1);
}

function installPackages() {
  say('installing packages (npm ci; about a minute the first time) ...');
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js') || npm?.endsWith('.cjs')) run('npm ci', process.execPath, [npm, ...args]);
  else run('npm ci', 'npm', args);
}

function buildCore() {
  say('building the WASM core ...');
  run('building the WASM core', process.execPath, [join(root, 'scripts', 'build-core.mjs')]);
}

function build() {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  // Whoever runs this under NODE_ENV=test or development still gets the build that visitors get.
  const environment = { NODE_ENV: 'production' };
  if (existsSync(join(root, 'index.html'))) {
    say('building the page ...');
    run('building the page', process.execPath, [vite, 'build', '--logLevel', 'warn'], environment);
  }
  say('building the server ...');
  const args = [vite, 'build', '--config', 'vite.server.config.ts', '--logLevel', 'warn'];
  run('building the server', process.execPath, args, environment);
}

let lockHeld = false;

function releaseLock() {
  if (lockHeld) rmSync(lockFile, { force: true });
  lockHeld = false;
}

function lockIsStale() {
  try {
    const { pid } = JSON.parse(readFileSync(lockFile, 'utf8'));
    if (Date.now() - statSync(lockFile).mtimeMs > staleLockMs) return true;
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return error.code === 'ESRCH';
    }
  } catch {
    // Half-written by a process that is about to finish writing it, or gone: look again, and give up on it after 5 s.
    return existsSync(lockFile) && Date.now() - statSync(lockFile).mtimeMs > 5_000;
  }
}

/** One set-up at a time in a checkout; a second one waits for the first and then finds nothing to do. */
function takeLock() {
  mkdirSync(dirname(lockFile), { recursive: true });
  let told = false;
  for (;;) {
    try {
      const file = openSync(lockFile, 'wx');
      writeSync(file, JSON.stringify({ pid: process.pid }));
      closeSync(file);
      lockHeld = true;
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (lockIsStale()) {
      rmSync(lockFile, { force: true });
      continue;
    }
    if (!told) say('another set-up is running in this folder; waiting for it ...');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function setUp(withBuild) {
  const lockHash = sha256(readFileSync(join(root, 'package-lock.json')), process.versions.modules, process.platform);
  const isReady = () => {
    const state = readState();
    if (state.packages !== lockHash || !coreIsBuilt()) return false;
    if (!withBuild) return true;
    const built = existsSync(join(root, 'dist-server', 'start.js')) && existsSync(join(root, 'dist', 'index.html'));
    return built && state.build === sourcesHash();
  };
  if (isReady()) return;
  takeLock();
  try {
    if (isReady()) return;
    let state = readState();
    if (state.packages !== lockHash) {
      if (!installedAgreesWithLock(root)) installPackages();
      state = { packages: lockHash, build: '' };
      writeState(state);
    }
    // Types need no core, but tests and both builds do.
    if (!coreIsBuilt()) buildCore();
    if (withBuild) {
      const hash = sourcesHash();
      const built = existsSync(join(root, 'dist-server', 'start.js')) && existsSync(join(root, 'dist', 'index.html'));
      if (built && state.build === hash) return;
      // Forgotten first: a build that is cut off must not pass for one that was finished.
      writeState({ ...state, build: '' });
      build();
      writeState({ ...state, build: hash });
      say('ready.');
    }
  } finally {
    releaseLock();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!nodeIsSupported(process.version)) {
    say(`needs Node 20.19 or a newer 20, or Node 22.12 or newer; this is ${process.version}.`);
    say('Install a current Node from https://nodejs.org and run the same command again.');
    process.exit(1);
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      releaseLock();
      process.exit(1);
    });
  }
  setUp(process.argv.includes('--build'));
}
