// All cases, in the order in which they run: those that say the most with the least time first.
import type { Case } from '../case.ts';
import { aggregate } from './aggregate.ts';
import { bandwidth } from './bandwidth.ts';
import { best } from './best.ts';
import { counts } from './counts.ts';
import { encode } from './encode.ts';
import { fit } from './fit.ts';
import { page } from './page.ts';
import { participation } from './participation.ts';
import { rounds } from './rounds.ts';
import { scaling } from './scaling.ts';
import { server } from './server.ts';

export const cases: readonly Case[] = [
  counts,
  fit,
  best,
  encode,
  participation,
  rounds,
  page,
  server,
  aggregate,
  bandwidth,
  scaling,
];
