import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POSTER_HEIGHT, POSTER_WIDTH, type PosterItem, posterSvg } from './poster.ts';

const genres = ['Drama', 'Science Fiction', 'Comedy', 'Film Noir', 'Something else', 'Western', 'Horror', 'Animation'];

const items = fc.record({
  id: fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
  title: fc.string({ minLength: 1, maxLength: 200, unit: 'binary' }),
  genres: fc.subarray(genres, { maxLength: 3 }),
  year: fc.integer({ min: 1870, max: 2100 }),
  directors: fc.array(fc.string({ minLength: 1, maxLength: 60, unit: 'binary' }), { maxLength: 2 }),
});

const film: PosterItem = {
  id: 'in-the-mood-for-love-2000',
  title: 'In the Mood for Love',
  titleZh: '花样年华',
  year: 2000,
  genres: ['Romance', 'Drama'],
  directors: ['Wong Kar-wai'],
};

describe('a poster', () => {
  test('is the same bytes for the same item, and another picture for another id', () => {
    fc.assert(
      fc.property(items, (item) => {
        expect(posterSvg(item)).toBe(posterSvg({ ...item }));
        expect(posterSvg({ ...item, id: `${item.id}x` })).not.toBe(posterSvg(item));
      }),
    );
  });

  test('holds no markup but its own, whatever the title, and only finite numbers', () => {
    fc.assert(
      fc.property(items, (item) => {
        const svg = posterSvg(item);
        // Every tag is one of the drawing's, and no attribute has a stray quote or bracket in it.
        const rest = svg.replace(
          /<\/?(svg|defs|clipPath|g|rect|circle|ellipse|path|text)((?: [a-zA-Z-]+="[^"<>]*")*)\/?>/g,
          '',
        );
        expect(rest).not.toMatch(/[<>]/);
        expect(rest).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
        expect(svg.replace(/<text[^>]*>[^<]*<\/text>/g, '')).not.toMatch(/NaN|Infinity|undefined|null/);
      }),
      { numRuns: 300 },
    );
  });

  test('escapes markup in a title', () => {
    const svg = posterSvg({ ...film, title: '<script>alert("1")</script> & \'co\'' });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).toContain('&amp;');
  });

  test('drops what XML cannot hold, and keeps 4-byte characters whole', () => {
    const svg = posterSvg({ ...film, title: 'A\u0000B\ud800C \u{1f3ac} \u{20bb7}' });
    expect(svg).toContain('ABC');
    expect(svg).toContain('\u{1f3ac}');
    expect(svg).toContain('\u{20bb7}');
    expect(svg).not.toMatch(/\p{Cs}/u);
  });

  test('sets a right-to-left title from the right', () => {
    const svg = posterSvg({ ...film, title: 'عمر المختار' });
    expect(svg).toContain('direction="rtl"');
    expect(posterSvg(film)).not.toContain('direction');
  });

  test('sets the Chinese title in Chinese, and falls back to the title', () => {
    expect(posterSvg(film, 'zh')).toContain('>花样年华<');
    const { titleZh: _, ...without } = film;
    expect(posterSvg(without, 'zh')).toContain('Love<');
    expect(posterSvg(film, 'en')).not.toContain('花样年华');
  });

  test('wraps long titles into lines, breaks Chinese anywhere and overlong words, and cuts what does not fit', () => {
    const linesOf = (title: string): string[] =>
      [...posterSvg({ id: 'x', title, genres: [] }).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
    expect(linesOf('Dr. Strangelove or: How I Learned to Stop Worrying').length).toBeGreaterThan(2);
    expect(linesOf('我们共同度过的那些漫长而安静的夏天').length).toBeGreaterThan(1);
    expect(linesOf('W'.repeat(60)).length).toBeGreaterThan(1);
    const cut = linesOf('word '.repeat(300));
    expect(cut.length).toBeLessThanOrEqual(6);
    expect(cut.at(-1)).toMatch(/…$/);
  });

  test('is 2:3', () => {
    expect(POSTER_WIDTH / POSTER_HEIGHT).toBeCloseTo(2 / 3, 12);
    expect(posterSvg(film)).toContain('viewBox="0 0 400 600"');
  });

  test('the title has a contrast of 4.5:1 or more on its ground, for every genre and id', () => {
    for (const genre of genres) {
      for (let seed = 0; seed < 60; seed++) {
        const svg = posterSvg({ id: `film-${seed}`, title: 'T', genres: [genre], year: 1999 });
        const ground = /<rect width="400" height="600" fill="(#[0-9a-f]{6})"/.exec(svg)![1]!;
        const ink = /<text[^>]*fill="(#[0-9a-f]{6})"/.exec(svg)![1]!;
        expect(contrast(ground, ink), `${genre} ${seed}: ${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });
});

/** WCAG 2.2 contrast ratio of two `#rrggbb` colours. */
function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
