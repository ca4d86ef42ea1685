import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { withChild } from './child.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacit-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(name: string, text: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, text);
  return path;
}
const plain = { args: ['7'], execArgv: [] };

test('what is asked of a child comes back, and the child ends with it', async () => {
  const entry = program('answers', `process.send(Number(process.argv[2])); process.on('message', () => {});`);
  const { pid, answer } = await withChild(entry, plain, async (child) => {
    const [answer] = await once(child, 'message');
    return { pid: child, answer };
  });
  expect(answer).toBe(7);
  if (pid.exitCode === null && pid.signalCode === null) await once(pid, 'exit');
  expect(pid.signalCode).toBe('SIGTERM');
});

test('a child that dies while it is waited for fails what waits, with its exit code and what it said', async () => {
  const entry = program(
    'dies',
    `process.send('ready'); console.error('the core is gone'); process.exitCode = 3; process.disconnect();`,
  );
  const waiting = withChild(entry, plain, async (child) => {
    await once(child, 'message');
    await new Promise(() => {});
  });
  await expect(waiting).rejects.toThrow(/dies\.mjs ended with 3 before it was done: the core is gone/);
});

test('so does one that is killed, or cannot be loaded', async () => {
  const entry = program('stays', `process.on('message', () => {}); process.send('ready');`);
  const killed = withChild(entry, plain, async (child) => {
    await once(child, 'message');
    process.kill(child.pid!, 'SIGKILL');
    await new Promise(() => {});
  });
  await expect(killed).rejects.toThrow('ended with SIGKILL before it was done: it said nothing');
  const absent = withChild(join(folder, 'absent.mjs'), plain, () => new Promise(() => {}));
  await expect(absent).rejects.toThrow(/ended with 1 .*Cannot find module/s);
});
