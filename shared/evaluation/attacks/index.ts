// The attacks that need nothing but shared code, in the order of the threat model. Those on the device's ledger are in apps/cli/attack/.
import type { Attack } from './attack.ts';
import { badRoster } from './bad-roster.ts';
import { bothShares } from './both-shares.ts';
import { canary } from './canary.ts';
import { consecutiveUploads } from './consecutive-uploads.ts';
import { historySize } from './history-size.ts';
import { interactionMembership } from './interaction-membership.ts';
import { linking } from './linking.ts';
import { loneVictim } from './lone-victim.ts';
import { phaseHistory } from './phase-history.ts';
import { secondMessage } from './second-message.ts';
import { shrunkenCohort } from './shrunken-cohort.ts';
import { smallLayoutHistory } from './small-layout-history.ts';
import { splitSurvivors } from './split-survivors.ts';
import { tamperedShares } from './tampered-shares.ts';
import { uploadHistory } from './upload-history.ts';
import { weakConfig } from './weak-config.ts';

export const sharedAttacks: readonly Attack[] = [
  uploadHistory,
  smallLayoutHistory,
  phaseHistory,
  consecutiveUploads,
  historySize,
  interactionMembership,
  canary,
  linking,
  loneVictim,
  splitSurvivors,
  shrunkenCohort,
  bothShares,
  badRoster,
  tamperedShares,
  secondMessage,
  weakConfig,
];
