// A process of the bench's own that something is measured in.
import { type ChildProcess, fork } from 'node:child_process';

export interface ChildOptions {
  readonly args: readonly string[];
  /** Of Node. */
  readonly execArgv: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Of what a child said before it ended, characters. */
const keptOfErrors = 4000;

/**
 * Starts it, and ends it when `use` is done.
 * @returns what `use` gives
 * @throws what `use` throws, or, when the child ends or cannot start before `use` is done, an Error with its exit code and standard error
 */
export async function withChild<T>(
  entry: string,
  { args, execArgv, env }: ChildOptions,
  use: (child: ChildProcess) => Promise<T>,
): Promise<T> {
  const child = fork(entry, [...args], {
    execArgv: [...execArgv],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    ...(env === undefined ? {} : { env }),
  });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-keptOfErrors);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    // By then all that it said is here.
    child.once('close', (code, signal) =>
      reject(
        new Error(`${entry} ended with ${code ?? signal} before it was done: ${errors.trim() || 'it said nothing'}`),
      ),
    );
  });
  try {
    return await Promise.race([use(child), ended]);
  } finally {
    child.kill();
  }
}
