// The data directory: its lock, the operator's token and the file that says where the server listens.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { takeLock } from './lock.ts';
import { writeWhole } from './whole-file.ts';

/** The server cannot start. The message says why and what to do. */
export class ServerStartError extends Error {
  readonly code: 'data-directory' | 'data-directory-in-use' | 'harmful-policy' | 'impossible-policy' | 'port-taken';
  constructor(code: ServerStartError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ServerStartError';
    this.code = code;
  }
}

export interface DataDirectory {
  readonly path: string;
  readonly databasePath: string;
  /** Whether the text is the operator's token; takes the same time whatever it is. */
  isOperatorToken(text: string): boolean;
  /** Writes server.json: the server at `url` is ready. */
  announce(url: string, startedAtMs: number): void;
  /** Removes server.json and releases the lock. Safe twice. */
  release(): void;
}

const lockFile = 'lock';
const serverFile = 'server.json';
const tokenFile = 'operator-token';

/** One level at a time: the recursive form of Node 20 never returns where a parent refuses with ENOENT, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Creates the directory if need be and takes its lock. Throws ServerStartError when another process has it. */
export function openDataDirectory(path: string): DataDirectory {
  try {
    makeFolders(resolve(path));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerStartError('data-directory', `Cannot create the data directory ${path}: ${reason}.`, error);
  }
  const releaseLock = lockOrRefuse(path);
  try {
    const tokenHash = hash(operatorToken(join(path, tokenFile)));
    rmSync(join(path, serverFile), { force: true });
    let released = false;
    return {
      path,
      databasePath: join(path, 'tacit.db'),
      isOperatorToken: (text) => timingSafeEqual(hash(text), tokenHash),
      announce(url, startedAtMs) {
        const text = JSON.stringify({ url, pid: process.pid, startedAt: new Date(startedAtMs).toISOString() });
        writeWhole(join(path, serverFile), `${text}\n`, 0o644);
      },
      release() {
        if (released) return;
        released = true;
        rmSync(join(path, serverFile), { force: true });
        releaseLock();
      },
    };
  } catch (error) {
    releaseLock();
    if (error instanceof ServerStartError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerStartError('data-directory', `Cannot use the data directory ${path}: ${reason}.`, error);
  }
}

function lockOrRefuse(path: string): () => void {
  let release: (() => void) | null;
  try {
    release = takeLock(join(path, lockFile));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServerStartError('data-directory', `Cannot lock the data directory ${path}: ${reason}.`, error);
  }
  if (release !== null) return release;
  throw new ServerStartError(
    'data-directory-in-use',
    `The data directory ${path} is in use by another Tacit${runningServer(path)}. Stop it first, or start with another --data-dir.`,
  );
}

/** Where the holder of the lock says that it listens; empty when it does not say. */
function runningServer(path: string): string {
  try {
    const value: unknown = JSON.parse(readFileSync(join(path, serverFile), 'utf8'));
    if (typeof value === 'object' && value !== null && 'url' in value && 'pid' in value) {
      return ` (${String(value.url)}, process ${String(value.pid)})`;
    }
  } catch {
    // It may be starting or closing.
  }
  return '';
}

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

function operatorToken(path: string): string {
  let text: string | null = null;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  if (text !== null) {
    if (!tokenPattern.test(text)) {
      throw new ServerStartError(
        'data-directory',
        `${path} should hold a token of 43 characters and does not. Remove the file to have a new one made.`,
      );
    }
    chmodSync(path, 0o600);
    return text;
  }
  const token = randomBytes(32).toString('base64url');
  writeWhole(path, `${token}\n`, 0o600);
  return token;
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
