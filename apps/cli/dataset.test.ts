import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { UsageError } from './config.ts';
import { type Dataset, DatasetError, readDataset } from './dataset.ts';
import { run } from './evaluate.ts';

const root = mkdtempSync(join(tmpdir(), 'tacit-dataset-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

type Files = Readonly<Record<string, string | Uint8Array>>;
let made = 0;

/** A new folder with these files. */
function folder(files: Files): string {
  made += 1;
  const path = join(root, String(made));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

const file = (name: string, content: string | Uint8Array) => join(folder({ [name]: content }), name);
const bytes = (text: string | Uint8Array) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);
const zip = (files: Files) =>
  file(
    'set.zip',
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [`set/${name}`, bytes(text)]))),
  );

/** The interactions as the file had them: [user, item, rating]. */
const rows = (set: Dataset) =>
  Array.from(set.userOf, (user, index) => [
    set.users[user],
    set.items[set.itemOf[index] ?? -1],
    ...(set.rated ? [set.ratings[index]] : []),
  ]);

const read = async (interactions: string) => {
  const set = await readDataset(folder({ 'interactions.csv': interactions }));
  return { rows: rows(set), rated: set.rated, rejected: set.rejected };
};

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

test('[DS1] what is written is read: any ids, quoted or not, with or without header, ratings and times', async () => {
  const id = fc
    .stringMatching(/^[A-Za-z0-9 ",;|:äß漢-]{1,20}$/)
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const setup = fc.record({
    rows: fc.array(fc.tuple(id, id, fc.integer({ min: 0, max: 10 })), { minLength: 1, maxLength: 20 }),
    hasHeader: fc.boolean(),
    columns: fc.constantFrom(2, 3, 4),
    lineEnd: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
    endsInLineEnd: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(setup, async ({ rows, hasHeader, columns, lineEnd, mark, endsInLineEnd }) => {
      const header = hasHeader ? [['user', 'item', 'rating', 'timestamp'].slice(0, columns).join(',')] : [];
      const lines = rows.map(([user, item, rating]) =>
        [quoted(user), /[",]/.test(item) ? quoted(item) : item, String(rating / 2), '978300760']
          .slice(0, columns)
          .join(','),
      );
      const text = mark + [...header, ...lines].join(lineEnd) + (endsInLineEnd ? lineEnd : '');
      expect(await read(text)).toEqual({
        rows: rows.map(([user, item, rating]) => (columns > 2 ? [user, item, rating / 2] : [user, item])),
        rated: columns > 2,
        rejected: 0,
      });
    }),
    { numRuns: 60 },
  );
});

test('[DS2] the header says which column is which; others do not matter', async () => {
  const expected = { rows: [['ann', 'x', 4.5]], rated: true, rejected: 0 };
  expect(await read('Timestamp,Rating,Item_ID,note,User ID\n1,4.5,x,?,ann\n')).toEqual(expected);
  expect(await read('when,score,movieId,userId\nyesterday,4.5,x,ann\n')).toEqual(expected);
  expect(await read('item,user\nx,ann\n')).toEqual({ rows: [['ann', 'x']], rated: false, rejected: 0 });
});

test('[DS3] a broken row costs itself alone and is counted', async () => {
  const broken = [
    'u2,',
    ',i2',
    'u2,i2',
    'u2,i2,3,4,5',
    'u2,i2,,4',
    'u2,i2,good,4',
    '"u2"x,i2,3,4',
    `${'u'.repeat(200)},i2,3,4`,
  ];
  for (const line of broken) {
    expect(await read(`user,item,rating,timestamp\nu1,i1,3,4\n${line}\nu3,i3,5,6\n`), line).toEqual({
      rows: [
        ['u1', 'i1', 3],
        ['u3', 'i3', 5],
      ],
      rated: true,
      rejected: 1,
    });
  }
  const unclosed = await read('user,item\nu1,i1\nu2,"i2\nu3,i3\n');
  expect(unclosed.rows).toEqual([
    ['u1', 'i1'],
    ['u3', 'i3'],
  ]);
  expect(unclosed.rejected).toBe(1);
  expect((await read('nothing of the kind\n\nu1,i1,3\n')).rejected).toBe(1);
});

test('[DS4] a rejected row names nobody', async () => {
  const set = await readDataset(folder({ 'interactions.csv': 'user,item,rating\nu1,,4\nu2,i2,none\nu3,i3,4\n' }));
  expect([set.users, set.items, set.rejected]).toEqual([['u3'], ['i3'], 2]);
});

test('[DS5] items: year from its column or the title, genres where there are any', async () => {
  const set = await readDataset(
    folder({
      'interactions.csv': 'u1,a\n',
      'items.csv':
        'id,title,year,genres\r\na,"Stars, ""Wide""",1977,Action|Sci-Fi\r\nb,Later (2001),,\r\nc,Plain,n/a,unknown\r\nbroken\r\nd,Last,1999,(no genres listed)\r\n',
    }),
  );
  expect(Object.fromEntries(set.described)).toEqual({
    a: { title: 'Stars, "Wide"', year: 1977, genres: ['Action', 'Sci-Fi'] },
    b: { title: 'Later (2001)', year: 2001, genres: [] },
    c: { title: 'Plain', year: null, genres: [] },
    d: { title: 'Last', year: 1999, genres: [] },
  });
  expect(set.rejected).toBe(0);
});

test('[DS6] items without header, without genres or years, or none at all', async () => {
  const described = async (items: string) =>
    Object.fromEntries((await readDataset(folder({ 'interactions.csv': 'u1,a\n', 'items.csv': items }))).described);
  expect(await described('a,Stars,1977,Action|War\n')).toEqual({
    a: { title: 'Stars', year: 1977, genres: ['Action', 'War'] },
  });
  expect(await described('id,title\na,Stars\n')).toEqual({ a: { title: 'Stars', year: null, genres: [] } });
  expect(await described('')).toEqual({});
  expect((await readDataset(folder({ 'interactions.csv': 'u1,a\n' }))).described.size).toBe(0);
});

const flags = (...set: number[]) =>
  Array.from({ length: 19 }, (_, index) => (set.includes(index) ? '1' : '0')).join('|');
/** 'Café' in windows-1252, as the older sets have it. */
const cafe = (before: string, after: string) => Buffer.from(`${before}Caf\u00e9 (1995)${after}`, 'latin1');
const movieLens: Readonly<Record<string, Files>> = {
  '100K': {
    'u.data': '1\t20\t4\t881250949\n2\t20\t3\t891717742\n',
    'u.item': cafe('20|', `|01-Jan-1995||http://example.org|${flags(1, 5)}\n`),
  },
  '1M': {
    'ratings.dat': '1::20::4::978300760\n2::20::3::978302109\n',
    'movies.dat': cafe('20::', '::Action|Comedy\n'),
  },
  latest: {
    'ratings.csv': 'userId,movieId,rating,timestamp\r\n1,20,4.0,964982703\r\n2,20,3.0,964981247\r\n',
    'movies.csv': 'movieId,title,genres\r\n20,Caf\u00e9 (1995),Action|Comedy\r\n',
    'tags.csv': 'userId,movieId,tag,timestamp\r\n9,99,no,1\r\n',
  },
};

test.each(Object.keys(movieLens))('[DS7] MovieLens %s, as a folder and as a ZIP file', async (name) => {
  const files = movieLens[name] ?? {};
  for (const path of [folder(files), zip(files)]) {
    const set = await readDataset(path);
    expect(rows(set)).toEqual([
      ['1', '20', 4],
      ['2', '20', 3],
    ]);
    expect(Object.fromEntries(set.described)).toEqual({
      20: { title: 'Caf\u00e9 (1995)', year: 1995, genres: ['Action', 'Comedy'] },
    });
    expect(set.rejected).toBe(0);
  }
});

test('[DS8] a single file: any name, and those of MovieLens in their own form', async () => {
  const expected = [
    ['1', '20', 4],
    ['2', '20', 3],
  ];
  expect(rows(await readDataset(file('mine.csv', 'user,item,rating\n1,20,4\n2,20,3\n')))).toEqual(expected);
  expect(rows(await readDataset(file('mine.txt', '1;20;4\n2;20;3\n')))).toEqual(expected);
  for (const [name, files] of [
    ['u.data', '100K'],
    ['ratings.dat', '1M'],
    ['ratings.csv', 'latest'],
  ] as const) {
    expect(rows(await readDataset(file(name, movieLens[files]?.[name] ?? '')))).toEqual(expected);
  }
});

test('[DS9] interactions.csv comes before files of MovieLens beside it', async () => {
  const set = await readDataset(folder({ ...movieLens.latest, 'interactions.csv': 'user,item\nu1,20\n' }));
  expect(rows(set)).toEqual([['u1', '20']]);
  expect(set.described.get('20')?.year).toBe(1995);
});

test('[DS10] more rows than one chunk and one array hold', async () => {
  const count = 200_000;
  const user = (row: number) => `somebody-with-a-long-name-${row % 1_000}`;
  const lines = Array.from({ length: count }, (_, row) => `${user(row)},${row % 77},${(row % 10) / 2}`);
  const set = await readDataset(folder({ 'interactions.csv': `user,item,rating\n${lines.join('\n')}` }));
  expect([set.userOf.length, set.itemOf.length, set.ratings.length]).toEqual([count, count, count]);
  expect([set.users.length, set.items.length, set.rejected]).toEqual([1_000, 77, 0]);
  const wrong = lines.findIndex(
    (line, row) =>
      line !== `${set.users[set.userOf[row] ?? -1]},${set.items[set.itemOf[row] ?? -1]},${set.ratings[row]}`,
  );
  expect(wrong).toBe(-1);
});

test('[DS11] no data set at the path is bad usage; one that cannot be used is not', async () => {
  await expect(readDataset(join(root, 'absent'))).rejects.toThrow(UsageError);
  await expect(readDataset(folder({}))).rejects.toThrow(/expected interactions\.csv, .*but found: nothing/);
  await expect(readDataset(zip({ 'notes.txt': 'x' }))).rejects.toThrow(/but found: notes\.txt/);
  await expect(readDataset(file('no.zip', 'user,item\n1,2\n'))).rejects.toThrow(UsageError);
  await expect(readDataset(folder({ 'interactions.csv': '' }))).rejects.toThrow(/\(it is empty\)/);
  await expect(readDataset(folder({ 'interactions.csv': 'user,item\n' }))).rejects.toThrow(DatasetError);
  await expect(readDataset(folder({ 'interactions.csv': 'user,item,rating\n1,2,good\n' }))).rejects.toThrow(
    /none of 1 could be read \(line 2: expected a number as rating, got "good"\)/,
  );
  await expect(
    readDataset(
      file(
        'picture.png',
        Uint8Array.from({ length: 999 }, (_, k) => k),
      ),
    ),
  ).rejects.toThrow(DatasetError);
  const damaged = zipSync({ 'ratings.csv': [bytes('userId,movieId\n1,2\n'), { level: 0 }] });
  damaged[Buffer.from(damaged).indexOf('1,2')] = 57;
  await expect(readDataset(file('damaged.zip', damaged))).rejects.toThrow(DatasetError);
});

/** Runs the command in this process and keeps what it says. */
async function evaluated(...argv: string[]) {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      said[name] += String(text);
      return true;
    });
  }
  const code = await run(argv);
  vi.restoreAllMocks();
  return { code, ...said };
}

test('[DS12] evaluate: 0 with the result as JSON, 1 for bad data, 2 for a wrong path, and never a stack trace', async () => {
  const people = Array.from({ length: 40 }, (_, user) =>
    Array.from({ length: 6 }, (_, k) => `user ${user},item ${(user * 7 + k * k) % 30}`).join('\n'),
  );
  const good = await evaluated('--dataset', file('mine.csv', people.join('\n')), '--learner', 'popularity', '--json');
  expect([good.code, JSON.parse(good.stdout).rejectedRows]).toEqual([0, 0]);
  const cases: [path: string, code: number, says: RegExp][] = [
    [join(root, 'absent'), 2, /there is nothing at/],
    [folder({ 'readme.txt': 'x' }), 2, /but found: readme\.txt/],
    [file('empty.csv', ''), 1, /it is empty/],
    [file('few.csv', 'u1,i1\n'), 1, /no user has/],
  ];
  for (const [path, code, says] of cases) {
    const { code: got, stdout, stderr } = await evaluated('--dataset', path, '--learner', 'popularity', '--json');
    expect([got, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
});
