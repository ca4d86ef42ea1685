// `npm run -s tacit -- COMMAND`: results on standard output, progress on standard error; 0 done, 1 failed, 2 not understood.

interface Command {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ run(argv: string[]): Promise<number> }>;
}

const commands: readonly Command[] = [
  {
    name: 'doctor',
    summary: 'Look whether this machine can run the service, and on what a browser here would train.',
    load: () => import('./doctor.ts'),
  },
  {
    name: 'import',
    summary: 'Import a catalogue and its interactions: MovieLens, CSV or JSON lines.',
    load: () => import('./import.ts'),
  },
  {
    name: 'evaluate',
    summary: 'Measure a learner on a data set.',
    load: () => import('./evaluate.ts'),
  },
  {
    name: 'simulate',
    summary: 'A whole federation in one process tree, with simulated people; a report with plots.',
    load: () => import('./simulate.ts'),
  },
  {
    name: 'plan',
    summary: 'The adviser: which learner, sizes and noise a crowd can afford, and from which crowd on sharing pays.',
    load: () => import('./plan.ts'),
  },
  {
    name: 'budget',
    summary: 'The privacy accountant: what participations cost, and how many a limit allows.',
    load: () => import('./budget.ts'),
  },
  {
    name: 'attack',
    summary: 'The red team: attacks on this code, each with a control that must succeed.',
    load: () => import('./attack.ts'),
  },
  {
    name: 'verify',
    summary: 'Compare the page that a server hands out with this build.',
    load: () => import('./verify.ts'),
  },
];

const help = [
  'Usage: npm run -s tacit -- COMMAND [flags]',
  '',
  ...commands.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`),
  `  ${'help'.padEnd(10)} Print this text; help COMMAND prints the command's own.`,
  '',
  'Each command has --help. To start the service: npm start -- --help',
  '',
].join('\n');

async function main(argv: string[]): Promise<number> {
  const [first = '', ...rest] = argv;
  const wantsHelp = first === 'help' || first === '--help' || first === '-h';
  if (wantsHelp && rest.length === 0) {
    process.stdout.write(help);
    return 0;
  }
  const name = wantsHelp ? rest[0] : first;
  const command = commands.find((known) => known.name === name);
  if (command === undefined) {
    const came = name === '' || name === undefined ? 'none came' : `got ${JSON.stringify(name)}`;
    process.stderr.write(
      `tacit: expected one of ${commands.map((known) => known.name).join(', ')}, help, but ${came}\n\n${help}`,
    );
    return 2;
  }
  const { run } = await command.load();
  return run(wantsHelp ? ['--help'] : rest);
}

// Whoever reads our output may stop early (`| head`): that is no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await main(process.argv.slice(2));

export {};
