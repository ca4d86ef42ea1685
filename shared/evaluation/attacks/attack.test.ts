import { expect, test } from 'vitest';
import { films } from '../../catalogue/films/index.ts';
import { platformCrypto } from '../../secagg/crypto.ts';
import { type AttackSetting, judged, type Outcome } from './attack.ts';
import { copyOf, HostileServer } from './hostile-server.ts';
import { guessOf, pooledF1, recoverLikes } from './likes.ts';
import { madeUpRound, updateOf, worldOf } from './people.ts';

const setting: AttackSetting = {
  crypto: platformCrypto(crypto.subtle),
  items: films.items,
  seed: 11,
  isSmall: true,
  trials: null,
};

const outcome: Outcome = {
  attack: 'example',
  adversary: 'server',
  measure: 'F1',
  control: 0.99,
  controlAtLeast: 0.99,
  protected: 0.2,
  chance: 0.1,
  bound: 0.2,
  trials: 3,
  note: '',
};

test('an attack passes when its control succeeds and our code stays within the bound', () => {
  expect(judged(outcome).passed).toBe(true);
  expect(judged({ ...outcome, control: 0.98 }).passed).toBe(false);
  expect(judged({ ...outcome, protected: 0.21 }).passed).toBe(false);
  expect(() => judged({ ...outcome, protected: Number.NaN })).toThrow(RangeError);
  expect(() => judged({ ...outcome, bound: Number.POSITIVE_INFINITY })).toThrow(RangeError);
  expect(() => judged({ ...outcome, trials: 0 })).toThrow(RangeError);
});

test('a raw update with a row for each item gives every like away, and nothing else', () => {
  const world = worldOf(setting, 'wide', 12);
  // Dislikes and items seen are in the rows too, and must not be taken for likes.
  expect(world.people.some(({ disliked, seen }) => disliked.length > 0 && seen.length > 0)).toBe(true);
  for (const person of world.people) {
    const likes = recoverLikes(updateOf(world, person), world.table, world.policy.layout);
    expect(likes).toEqual([...person.liked].sort((a, b) => a - b));
  }
  const nobody = { liked: [], disliked: [], seen: [] };
  expect(recoverLikes(updateOf(world, nobody), world.table, world.policy.layout)).toEqual([]);
});

test('F1 over people', () => {
  expect(pooledF1([guessOf([1, 2], [2, 1])])).toBe(1);
  expect(pooledF1([guessOf([1, 2, 3], [3]), guessOf([], [4])])).toBe(2 / 5);
  expect(pooledF1([])).toBe(0);
});

test('the hostile server left alone reads the sum that the real one reads, and knows it from another', async () => {
  const server = await HostileServer.gather(madeUpRound(setting, 'test', 20));
  const everyone = [...server.clients.keys()];
  await server.deal();
  await server.collect();
  await server.request(() => server.everyone);
  const shares = await server.release(() => server.everyone);
  expect([server.payloads.size, shares.size, server.aborted]).toEqual([20, 20, 0]);
  const read = await server.read(server.everyone, server.everyone, shares);
  expect(server.isSumOf(read, everyone)).toBe(true);
  expect(server.isSumOf(read, everyone.slice(1))).toBe(false);
  expect(server.isSumOf(null, everyone)).toBe(false);
});

test('a snapshot is apart from what goes on', async () => {
  const server = await HostileServer.gather(madeUpRound(setting, 'snapshot', 20));
  await server.deal();
  await server.collect();
  const restore = server.snapshot();
  const { state } = server.clients[0]!;
  const copy = copyOf(state);
  await server.request(() => server.everyone);
  expect(server.clients[0]!.state.kind).toBe('confirming');
  // A client forgets its pairs of shares as it answers; the copy has them.
  expect(state.kind === 'masked' && [...state.pairs.values()].every((pair) => pair.every((byte) => byte === 0))).toBe(
    true,
  );
  expect(copy.kind === 'masked' && [...copy.pairs.values()].every((pair) => pair.some((byte) => byte !== 0))).toBe(
    true,
  );
  restore();
  expect(server.clients.every((client) => client.state.kind === 'masked')).toBe(true);
  await server.request(() => server.everyone);
  expect((await server.release(() => server.everyone)).size).toBe(20);
});
