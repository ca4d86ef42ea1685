// What a command says, for tests that run it in their own process.
import { vi } from 'vitest';

export interface Captured {
  readonly code: number;
  /** Standard output and standard error, whole. */
  readonly out: string;
  readonly err: string;
}

/** Runs a command and keeps what it writes from the terminal. @throws what it throws; the streams are put back in any case. */
export async function captured(command: () => Promise<number>): Promise<Captured> {
  let out = '';
  let err = '';
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  try {
    const code = await command();
    return { code, out, err };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}
