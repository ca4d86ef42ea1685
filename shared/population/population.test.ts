import { describe, expect, test } from 'vitest';
import { films } from '../catalogue/films/index.ts';
import { importedPeople, leastLikes, mostLikes, simulatedPeople } from './population.ts';

const people = simulatedPeople({ catalogue: films, size: 150, seed: 1 });
const likesOf = (person: (typeof people)[number]) =>
  person.interactions.filter((interaction) => interaction.action === 'like').map((interaction) => interaction.itemId);

describe('simulated people', () => {
  test('[PP1] 10 to 60 likes each, some of them held out, some dislikes and seen, no item twice', () => {
    for (const person of people) {
      const likes = likesOf(person);
      const all = likes.length + person.heldOutLikes.length;
      expect(all).toBeGreaterThanOrEqual(leastLikes);
      expect(all).toBeLessThanOrEqual(mostLikes);
      expect(person.heldOutLikes.length).toBe(Math.floor(0.2 * all));
      const items = [...person.interactions.map((interaction) => interaction.itemId), ...person.heldOutLikes];
      expect(new Set(items).size).toBe(items.length);
      expect(person.interactions.some((interaction) => interaction.action === 'dislike')).toBe(true);
      expect(person.interactions.some((interaction) => interaction.action === 'seen')).toBe(true);
    }
  });

  test('[PP2] a seed gives the same people, whatever the size; another seed others', () => {
    expect(simulatedPeople({ catalogue: films, size: 3, seed: 1 })).toEqual(people.slice(0, 3));
    expect(simulatedPeople({ catalogue: films, size: 3, seed: 2 })).not.toEqual(people.slice(0, 3));
  });

  test('[PP3] well-known films are liked more often', () => {
    const prominence = new Map(films.items.map((item) => [item.id, item.prominence ?? 3]));
    const liked = people.flatMap(likesOf).map((id) => prominence.get(id)!);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(liked)).toBeGreaterThan(mean([...prominence.values()]) + 0.5);
  });

  test('[PP4] people of one circle like the same: pairs differ more in overlap than chance allows', () => {
    const sets = people.slice(0, 60).map((person) => new Set([...likesOf(person), ...person.heldOutLikes]));
    const overlaps = sets.flatMap((a, i) =>
      sets.slice(i + 1).map((b) => [...a].filter((id) => b.has(id)).length / Math.min(a.size, b.size)),
    );
    expect(Math.max(...overlaps)).toBeGreaterThan(0.3);
    expect(overlaps.filter((overlap) => overlap === 0).length).toBeGreaterThan(overlaps.length / 20);
  });

  test('[PP5] a size that is none is refused; a catalogue of one item works', () => {
    expect(() => simulatedPeople({ catalogue: films, size: -1, seed: 1 })).toThrow(RangeError);
    const tiny = simulatedPeople({ catalogue: { items: films.items.slice(0, 1) }, size: 2, seed: 1 });
    expect(tiny).toHaveLength(2);
  });

  test('[PP6] imported rows become people: ratings to actions, the later row of an item counts, likes held out', () => {
    const rows = [
      { userId: 'u', itemId: 'a', rating: 2, at: 10 },
      { userId: 'u', itemId: 'a', rating: 5, at: 20 },
      { userId: 'u', itemId: 'b', rating: 1, at: 5 },
      { userId: 'u', itemId: 'c', rating: 3, at: 7 },
      ...Array.from({ length: 4 }, (_, index) => ({ userId: 'u', itemId: `like-${index}`, rating: null, at: null })),
      { userId: 'v', itemId: 'a', rating: 4, at: 1 },
    ];
    const [u, v] = importedPeople(rows);
    expect(u!.interactions.find((entry) => entry.itemId === 'b')!.action).toBe('dislike');
    expect(u!.interactions.find((entry) => entry.itemId === 'c')!.action).toBe('seen');
    expect(u!.heldOutLikes).toHaveLength(1);
    expect(u!.interactions.filter((entry) => entry.action === 'like')).toHaveLength(4);
    expect(v).toMatchObject({ id: 'v', heldOutLikes: [] });
  });
});
