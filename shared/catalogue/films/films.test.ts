import { describe, expect, test } from 'vitest';
import { parseCatalogue } from '../parse.ts';
import type { CatalogueItem } from '../schema.ts';
import { films } from './index.ts';
import { FILM_GENRES, filmId, filmRows } from './rows.ts';

const items = films.items;

function film(id: string): CatalogueItem {
  const found = items.find((item) => item.id === id);
  if (found === undefined) {
    throw new Error(`no film ${id}`);
  }
  return found;
}

describe('the films', () => {
  test('are what parseCatalogue makes of them', () => {
    expect(parseCatalogue(JSON.parse(JSON.stringify(films)))).toEqual(films);
    expect(films.name).toBe('films');
    expect(films.licence).toMatch(/compiled by the project/);
  });

  test('are at least 1,000, none of them twice', () => {
    expect(items.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(items.map((item) => item.id)).size).toBe(items.length);
    expect(new Set(items.map((item) => `${item.title.toLowerCase()} ${item.year}`)).size).toBe(items.length);
  });

  test('have ids in ASCII that follow from title and year', () => {
    for (const { id, title, year } of items) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*-\d{4}$/);
      expect(id).toBe(filmId(title, year ?? 0));
    }
  });

  test('have years from 1888 to 2025, and 20 films or more in at least eight decades', () => {
    const ofDecade = new Map<number, number>();
    for (const { id, year = 0 } of items) {
      expect(year, id).toBeGreaterThanOrEqual(1888);
      expect(year, id).toBeLessThanOrEqual(2025);
      const decade = Math.floor(year / 10);
      ofDecade.set(decade, (ofDecade.get(decade) ?? 0) + 1);
    }
    expect([...ofDecade.values()].filter((count) => count >= 20).length).toBeGreaterThanOrEqual(8);
  });

  test('come from at least 25 countries, each film from one or more', () => {
    expect(items.filter((item) => (item.countries ?? []).length === 0)).toEqual([]);
    expect(new Set(items.flatMap((item) => item.countries ?? [])).size).toBeGreaterThanOrEqual(25);
  });

  test('have one to three genres of the list, and every genre is used', () => {
    const used = new Set<string>();
    for (const { id, genres } of items) {
      expect(genres.length, id).toBeGreaterThanOrEqual(1);
      expect(genres.length, id).toBeLessThanOrEqual(3);
      for (const genre of genres) {
        expect(FILM_GENRES, id).toContain(genre);
        used.add(genre);
      }
    }
    expect([...used].sort()).toEqual([...FILM_GENRES].sort());
  });

  test('have director and Chinese title in at least 60 of 100 cases, and a prominence always', () => {
    const complete = items.filter((item) => item.directors !== undefined && item.titleZh !== undefined);
    expect(complete.length / items.length).toBeGreaterThanOrEqual(0.6);
    expect(items.filter((item) => ![1, 2, 3, 4, 5].includes(item.prominence ?? 0))).toEqual([]);
  });

  test('name each director in one spelling', () => {
    const spellingOf = new Map<string, string>();
    for (const name of items.flatMap((item) => item.directors ?? [])) {
      const key = name
        .normalize('NFKD')
        .toLowerCase()
        .replace(/[^\p{L}]/gu, '');
      expect(spellingOf.get(key) ?? name).toBe(name);
      spellingOf.set(key, name);
    }
  });

  test.each([
    ['a-trip-to-the-moon-1902', 'Georges Méliès', 'FR', '月球旅行记'],
    ['metropolis-1927', 'Fritz Lang', 'DE', '大都会'],
    ['city-lights-1931', 'Charlie Chaplin', 'US', '城市之光'],
    ['spring-in-a-small-town-1948', 'Fei Mu', 'CN', '小城之春'],
    ['seven-samurai-1954', 'Akira Kurosawa', 'JP', '七武士'],
    ['pather-panchali-1955', 'Satyajit Ray', 'IN', '大地之歌'],
    ['cairo-station-1958', 'Youssef Chahine', 'EG', '开罗车站'],
    ['8-1-2-1963', 'Federico Fellini', 'IT', '八部半'],
    ['black-girl-1966', 'Ousmane Sembène', 'SN', '黑女孩'],
    ['memories-of-underdevelopment-1968', 'Tomás Gutiérrez Alea', 'CU', '低度开发的回忆'],
    ['stalker-1979', 'Andrei Tarkovsky', 'SU', '潜行者'],
    ['where-is-the-friends-house-1987', 'Abbas Kiarostami', 'IR', '何处是我朋友的家'],
    ['a-city-of-sadness-1989', 'Hou Hsiao-hsien', 'TW', '悲情城市'],
    ['the-piano-1993', 'Jane Campion', 'NZ', '钢琴课'],
    ['in-the-mood-for-love-2000', 'Wong Kar-wai', 'HK', '花样年华'],
    ['city-of-god-2002', 'Fernando Meirelles', 'BR', '上帝之城'],
    ['parasite-2019', 'Bong Joon-ho', 'KR', '寄生虫'],
    ['all-we-imagine-as-light-2024', 'Payal Kapadia', 'IN', '想象之光'],
  ])('%s: %s, %s, %s', (id, director, country, titleZh) => {
    const found = film(id);
    expect(found.directors).toContain(director);
    expect(found.countries).toContain(country);
    expect(found.titleZh).toBe(titleZh);
  });
});

describe('the notation', () => {
  test('a line becomes an item, without the fields that are empty', () => {
    expect(filmRows("\nÇa & l'œuvre: Part 2½|1999|Drama, War||FR, BE||2\n\n")).toEqual([
      {
        id: 'ca-and-loeuvre-part-2-1-2-1999',
        title: "Ça & l'œuvre: Part 2½",
        year: 1999,
        genres: ['Drama', 'War'],
        countries: ['FR', 'BE'],
        prominence: 2,
      },
    ]);
    expect(filmRows('A|2001|Drama|B, C|SE|甲|5|tt0000001')).toEqual([
      {
        id: 'a-2001',
        title: 'A',
        titleZh: '甲',
        year: 2001,
        genres: ['Drama'],
        directors: ['B', 'C'],
        countries: ['SE'],
        externalId: 'tt0000001',
        prominence: 5,
      },
    ]);
  });

  test.each([
    ['six fields', 'A|2001|Drama|B|SE|5'],
    ['nine fields', 'A|2001|Drama|B|SE||5|x|y'],
    ['no title', '|2001|Drama|B|SE||5'],
    ['a year of two digits', 'A|01|Drama|B|SE||5'],
    ['no genre', 'A|2001||B|SE||5'],
    ['four genres', 'A|2001|Drama, War, Crime, Horror|B|SE||5'],
    ['an unknown genre', 'A|2001|Dram|B|SE||5'],
    ['a prominence of 6', 'A|2001|Drama|B|SE||6'],
    ['a prominence of 2.5', 'A|2001|Drama|B|SE||2.5'],
    ['no prominence', 'A|2001|Drama|B|SE||'],
  ])('refuses %s and names the line', (_, line) => {
    expect(() => filmRows(line)).toThrow(RangeError);
    expect(() => filmRows(line)).toThrow(line);
  });
});
