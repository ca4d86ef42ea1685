import { expect, test } from 'vitest';

const sources = import.meta.glob<string>(['./**/*.ts', '!./**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
const protocol = Object.entries(sources).filter(([name]) => !name.startsWith('./testing/'));

test('[M2] secrets come from the source that is handed in: no ambient, seeded or tensor randomness, no clock', () => {
  expect(protocol.map(([name]) => name)).toContain('./client.ts');
  for (const [name, text] of protocol) {
    expect(code(text), name).not.toMatch(/Math\.random|@tensorflow|\btf\.|randomNormal|Date\.now|setTimeout/);
    expect(code(text), name).not.toMatch(/experimentRandom|fmix32|SeededRandom|Keystream|getRandomValues/);
  }
});

test('[M1] parameters below the floors exist in tests only, and BigInt in shares only', () => {
  for (const [name, text] of protocol) {
    if (name !== './parameters.ts') expect(code(text), name).not.toMatch(/as MaskParameters|uncheckedMaskParameters/);
    if (!['./field.ts', './shamir.ts', './sharing.ts', './recovery.ts'].includes(name))
      expect(code(text), name).not.toMatch(/\bBigInt\(|bigint/);
    expect(code(text), name).not.toContain('./testing/');
  }
});
