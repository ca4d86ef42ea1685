// A thread of the evaluation: it is told the work when it starts and then one part after another, and answers with rounds and results.
import { type Part, type RoundNotice, runPart, type Work } from './evaluate-parts.ts';
import { answerParts } from './threads.ts';

answerParts((work: Work, part: Part, tell: (notice: RoundNotice) => void) =>
  runPart(work, part, (round, people) => tell({ round, people })),
);
