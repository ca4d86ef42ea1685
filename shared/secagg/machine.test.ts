import { expect, test } from 'vitest';
import { Machine } from './machine.ts';

test('one event at a time, in order, although the first takes longest', async () => {
  const seen: string[] = [];
  const machine = new Machine<string, { name: string; turns: number }, { state: string }>('', async (state, event) => {
    seen.push(`${event.name} begins`);
    for (let i = 0; i < event.turns; i++) await Promise.resolve();
    seen.push(`${event.name} ends`);
    return { state: state + event.name };
  });
  const steps = await Promise.all(['a', 'b', 'c'].map((name, i) => machine.handle({ name, turns: 9 - 3 * i })));
  expect(seen).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect(steps.map((step) => step.state)).toEqual(['a', 'ab', 'abc']);
  expect(machine.state).toBe('abc');
});

test('an event that rejects changes nothing, and the next one still has its turn', async () => {
  const machine = new Machine<number, number, { state: number }>(1, async (state, factor) => {
    if (factor === 0) throw new RangeError('factor: expected another than 0');
    return { state: state * factor };
  });
  const [first, second, third] = await Promise.allSettled([2, 0, 5].map((factor) => machine.handle(factor)));
  expect([first!.status, second!.status, third!.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(machine.state).toBe(10);
});
