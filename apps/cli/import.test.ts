import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseCatalogue } from '#shared/catalogue/parse.ts';
import { chooseCatalogue, importedFolder, replacedFolder } from './catalogue.ts';
import { InteractionsReader } from './import/interactions-store.ts';
import { run } from './import.ts';
import { captured } from './testing/captured.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacit-import-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Runs the command in this process and keeps what it says. */
const imported = (...argv: string[]) => captured(() => run([...argv, '--data-dir', join(folder, 'data')]));

const target = (name: string) => importedFolder(join(folder, 'data'), name);
const catalogueOf = (name: string) =>
  parseCatalogue(JSON.parse(readFileSync(join(target(name), 'catalogue.json'), 'utf8')));
const reportOf = (name: string) => JSON.parse(readFileSync(join(target(name), 'report.json'), 'utf8'));

function historyOf(name: string, person: number) {
  const reader = new InteractionsReader(join(target(name), 'interactions.db'));
  try {
    return reader.interactionsOf(person);
  } finally {
    reader.close();
  }
}

describe('the generations of MovieLens', () => {
  const expected = {
    name: 'ml',
    items: [
      { id: '1', title: 'Toy Story', year: 1995, genres: ['Animation', 'Comedy'] },
      { id: '2', title: 'The Léon', year: 1994, genres: ['Action'] },
    ],
  };
  const history = [
    { itemId: '1', action: 'like', at: 881_250_949_000 },
    { itemId: '2', action: 'dislike', at: 881_250_950_000 },
  ];

  test.each([
    {
      name: 'u.data and u.item, windows-1252',
      files: {
        'u.data': Buffer.from('7\t1\t5\t881250949\n7\t2\t1\t881250950\n'),
        'u.item': Buffer.from(
          `1|Toy Story (1995)|01-Jan-1995||http://x|0|0|0|1|0|1${'|0'.repeat(13)}\n2|Léon, The (1994)|01-Jan-1994||http://x|0|1${'|0'.repeat(17)}\n`,
          'latin1',
        ),
      },
    },
    {
      name: 'ratings.dat and movies.dat',
      files: {
        'ratings.dat': Buffer.from('7::1::5::881250949\n7::2::1::881250950\n'),
        'movies.dat': Buffer.from('1::Toy Story (1995)::Animation|Comedy\n2::Léon, The (1994)::Action\n', 'latin1'),
      },
    },
    {
      name: 'ratings.csv and movies.csv',
      files: {
        'ratings.csv': Buffer.from('userId,movieId,rating,timestamp\r\n7,1,5.0,881250949\r\n7,2,1.0,881250950\r\n'),
        'movies.csv': Buffer.from(
          'movieId,title,genres\r\n1,Toy Story (1995),Animation|Comedy\r\n2,"Léon, The (1994)",Action\r\n',
        ),
      },
    },
    {
      name: 'interactions.csv and items.csv',
      files: {
        'interactions.csv': Buffer.from('user,item,rating,timestamp\n7,1,5,881250949\n7,2,1,881250950\n'),
        'items.csv': Buffer.from(
          'id,title,year,genres\n1,Toy Story,1995,Animation|Comedy\n2,"Léon, The",1994,Action\n',
        ),
      },
    },
  ])('[IM22] $name, as a folder and as a ZIP file', async ({ files }) => {
    mkdirSync(join(folder, 'set'));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, 'set', name), bytes);
    const zip = file(
      'set.zip',
      zipSync(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`set/${name}`, bytes]))),
    );
    for (const path of [join(folder, 'set'), zip]) {
      const { code, err } = await imported('movielens', path, '--name', 'ml');
      expect(code).toBe(0);
      expect(err).toContain('licence notice');
      expect(catalogueOf('ml')).toMatchObject(expected);
      expect(catalogueOf('ml').licence).toContain('GroupLens');
      expect(historyOf('ml', 1)).toEqual(history);
    }
  });

  test('[IM23] a folder that is no MovieLens is refused with what was expected and what is there', async () => {
    mkdirSync(join(folder, 'set'));
    writeFileSync(join(folder, 'set', 'photo.jpg'), 'x');
    const { code, err, out } = await imported('movielens', join(folder, 'set'), '--name', 'ml');
    expect(code).toBe(2);
    expect(err).toMatch(/ratings\.csv.*photo\.jpg/s);
    expect(out).toBe('');
    expect(existsSync(target('ml'))).toBe(false);
  });
});

describe('tables', () => {
  test('[IM24] quotes, a byte-order mark, CRLF, broken rows, markup, right-to-left and 4-byte letters', async () => {
    const items = file(
      'items.csv',
      '\ufeffid,title,genres\r\n"a","<script>alert(""1"")</script>",Drama\r\nb,"שלום, 🎬\r\nline two",Drama\r\nc,"never closed,Drama\r\nd,فيلم,Drama\r\n',
    );
    const interactions = file(
      'interactions.csv',
      'user,item\r\nu1,a\r\nu1,b\r\nu2,zzz\r\nu2\r\n,a\r\nu2,d\r\nu2,d\r\n',
    );
    const { code, out } = await imported('csv', interactions, '--items', items, '--name', 'x');
    expect(code).toBe(0);
    expect(catalogueOf('x').items.map(({ title }) => title)).toEqual([
      '<script>alert("1")</script>',
      'שלום, 🎬 line two',
      'فيلم',
    ]);
    expect(reportOf('x')).toMatchObject({ items: 3, people: 2, interactions: 3, rowsAccepted: 4, rejected: 4 });
    const rejected = readFileSync(join(target('x'), 'rejected.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(rejected[0]).toBe('file,line,reason,text');
    expect(rejected.slice(1).map((line) => line.split(',').slice(0, 2).join(','))).toEqual([
      'items.csv,5',
      'interactions.csv,4',
      'interactions.csv,5',
      'interactions.csv,6',
    ]);
    expect(out).toContain('rejected       4 rows');
  });

  test('[IM25] columns by --map, other delimiters, other thresholds; the newest row of a person and item counts', async () => {
    const path = file('log.tsv', 'who\twhat\tstars\twhen\n1\ta\t9\t200\n1\ta\t3\t100\n1\tb\t8\t50\n2\ta\t6\t1\n');
    const { code } = await imported(
      'csv',
      path,
      '--name',
      'x',
      '--map',
      'user=who,item=what,rating=stars,timestamp=when',
      '--min-rating',
      '8',
    );
    expect(code).toBe(0);
    expect(historyOf('x', 1)).toEqual([
      { itemId: 'b', action: 'like', at: 50_000 },
      { itemId: 'a', action: 'like', at: 200_000 },
    ]);
    expect(historyOf('x', 2)).toEqual([{ itemId: 'a', action: 'dislike', at: 1_000 }]);
    expect(catalogueOf('x').items).toEqual([
      { id: 'a', title: 'a', genres: [] },
      { id: 'b', title: 'b', genres: [] },
    ]);
  });

  test('[IM26] JSON lines, with lines that are none', async () => {
    const path = file(
      'log.jsonl',
      '{"user":1,"item":"a"}\nnot json\n[1]\n\n{"user":2,"item":"b","action":"seen","rating":5}\n{"item":"a"}\n',
    );
    const items = file(
      'items.jsonl',
      '{"id":"a","title":"A","genres":["X","Y"],"countries":["FR"]}\n{"id":"b","title":"B"}\n',
    );
    const { code } = await imported('jsonl', path, '--items', items, '--name', 'x');
    expect(code).toBe(0);
    expect(reportOf('x')).toMatchObject({ items: 2, people: 2, interactions: 2, likes: 1, seen: 1, rejected: 3 });
    expect(catalogueOf('x').items[0]).toEqual({ id: 'a', title: 'A', genres: ['X', 'Y'], countries: ['FR'] });
  });

  test('[IM27] items alone make a catalogue without people', async () => {
    const items = file('items.csv', 'id,title\na,A\nb,B\n');
    expect((await imported('csv', '--items', items, '--name', 'x')).code).toBe(0);
    const chosen = await chooseCatalogue('x', join(folder, 'data'));
    expect(chosen.interactionsPath).toBeNull();
    expect(chosen.catalogue.items).toHaveLength(2);
  });
});

describe('all or nothing', () => {
  const interactions = 'user,item\n1,a\n1,b\n';

  test('[IM28] a dry run reports and changes nothing', async () => {
    const path = file('i.csv', `${interactions}broken\n`);
    const { code, out } = await imported('csv', path, '--name', 'x', '--dry-run', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ dryRun: true, interactions: 2, people: 1, rejected: 1, changes: null });
    expect(readdirSync(join(folder, 'data', 'catalogues'))).toEqual([]);
  });

  test('[IM29] an import under the same name replaces it and says what changed', async () => {
    const before = file('items1.csv', 'id,title\na,A\nb,B\nc,C\n');
    const after = file('items2.csv', 'id,title\nb,B renamed\nc,C\nd,D\n');
    await imported('csv', file('i.csv', interactions), '--items', before, '--name', 'x');
    const { code } = await imported('csv', file('i.csv', 'user,item\n1,b\n'), '--items', after, '--name', 'x');
    expect(code).toBe(0);
    expect(reportOf('x').changes).toEqual({ added: 1, removed: 1, renamed: 1 });
    expect(catalogueOf('x').items.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
    expect(readdirSync(join(folder, 'data', 'catalogues'))).toEqual(['x']);
  });

  test('[IM30] an import that fails leaves the one before as it was', async () => {
    await imported('csv', file('i.csv', interactions), '--name', 'x');
    const before = readFileSync(join(target('x'), 'report.json'), 'utf8');
    const { code, err } = await imported('csv', file('j.csv', 'user,item\n'), '--name', 'x');
    expect(code).toBe(2);
    expect(err).toMatch(/no row could be read/);
    expect(readFileSync(join(target('x'), 'report.json'), 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'data', 'catalogues'))).toEqual(['x']);
  });

  test('[IM31] a kill between the two renamings loses nothing', async () => {
    await imported('csv', file('i.csv', interactions), '--name', 'x');
    const { renameSync } = await import('node:fs');
    renameSync(target('x'), replacedFolder(join(folder, 'data'), 'x'));
    expect((await chooseCatalogue('x', join(folder, 'data'))).catalogue.items).toHaveLength(2);
  });
});

test.each([
  [['parquet', 'x', '--name', 'x'], /expected one of movielens, csv, jsonl/],
  [['csv', 'x', '--name', '../x'], /--name: expected/],
  [['csv', 'x', '--name', 'films'], /--name: expected/],
  [['csv', 'x'], /--name: expected/],
  [['csv', 'x', 'y', '--name', 'x'], /unexpected argument "y"/],
  [['csv', 'x', '--nmae', 'x'], /unknown flag "--nmae"/],
  [['csv', 'x', '--name', 'x', '--map', 'who=user'], /--map: expected FIELD=COLUMN/],
  [['csv', 'x', '--name', 'x', '--min-rating', 'many'], /--min-rating: expected a number/],
  [['csv', '--name', 'x'], /expected the PATH/],
])('[IM32] %j is refused with the reason', async (argv, reason) => {
  const { code, out, err } = await imported(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(reason);
});

test('[IM33] a missing column is named with those that are there and with --map', async () => {
  const { code, err } = await imported('csv', file('i.csv', 'person,item\n1,2\n'), '--name', 'x');
  expect(code).toBe(2);
  expect(err).toMatch(/user.*"person", "item".*--map user=COLUMN/);
});

test('[IM34] a path that is not there is a failure with the reason', async () => {
  const { code, err } = await imported('movielens', join(folder, 'absent.zip'), '--name', 'x');
  expect(code).toBe(1);
  expect(err).toContain('there is nothing at');
});

test('[IM35] memory does not grow with the rows', { timeout: 120_000 }, () => {
  const peakOf = (rows: number) => {
    const path = join(folder, `${rows}.csv`);
    const output = openSync(path, 'w');
    writeSync(output, 'user,item,rating,timestamp\n');
    for (let from = 0; from < rows; from += 10_000) {
      let text = '';
      for (let row = from; row < from + 10_000; row += 1) {
        // Every user id is a different long text: what is kept for each user or row would show.
        text += `user-${String(Math.floor(row / 2)).padStart(40, '0')},${(row * 7919) % 5000},${1 + (row % 5)},${1_000_000_000 + row}\n`;
      }
      writeSync(output, text);
    }
    closeSync(output);
    const tacit = join(import.meta.dirname, 'tacit.ts');
    const args = [
      // A small heap makes the collector tidy up early: what peaks then is what is held.
      '--max-semi-space-size=1',
      '--max-old-space-size=128',
      '--import',
      'tsx',
      tacit,
      'import',
      'csv',
      path,
      '--name',
      'big',
      '--json',
      '--data-dir',
      join(folder, 'data'),
    ];
    const result = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(result.stderr).toContain('import:');
    const report = JSON.parse(result.stdout);
    expect(report).toMatchObject({ rowsAccepted: rows, people: rows / 2, rejected: 0 });
    return report.peakMemoryMiB as number;
  };
  const small = peakOf(50_000);
  const large = peakOf(600_000);
  // The large file has 550,000 rows more: held in memory they would be 80 MiB or more.
  expect(large - small).toBeLessThan(60);
});
