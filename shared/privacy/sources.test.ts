import { expect, test } from 'vitest';

const sources = import.meta.glob<string>(
  ['./*.ts', '../protocol/*.ts', '../maths/*.ts', '!./*.test.ts', '!../**/*.test.ts'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');

test('[N4] no ambient, seeded or tensor randomness can reach the noise', () => {
  const names = Object.keys(sources);
  expect(names).toContain('./pipeline.ts');
  expect(names).toContain('../protocol/round-config.ts');
  for (const [name, text] of Object.entries(sources)) {
    expect(code(text), name).not.toMatch(/Math\.random|@tensorflow|\btf\.|randomNormal|truncatedNormal|Date\.now/);
    // The seeded generators are defined in maths/random.ts and used nowhere else in these folders.
    if (name !== '../maths/random.ts') expect(code(text), name).not.toMatch(/experimentRandom|fmix32|SeededRandom/);
    // The platform's generator is touched in one file.
    if (name !== '../maths/cryptographic-random.ts') expect(code(text), name).not.toMatch(/getRandomValues/);
  }
});

test('[N2] the deterministic keystream is used by the public rotation and by experiments only', () => {
  const users = Object.entries(sources).filter(([, text]) => code(text).includes('new Keystream('));
  expect(users.map(([name]) => name).sort()).toEqual(['../maths/hadamard.ts', '../maths/random.ts']);
});
