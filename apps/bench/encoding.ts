// The one setting that all encoders are measured under: the noise of a cohort of about 46, D as the task says.
import type { RoundConfig } from '#shared/protocol/round-config.ts';
import { exampleConfig, examplePolicy } from '#shared/testing/example-policy.ts';

/** sigma² of one device, integer units squared. */
export const noiseVariance = 33_489;

export function encodingConfig(length: number): RoundConfig {
  return exampleConfig(examplePolicy(length), { sigma2num: noiseVariance, sigma2den: 1 });
}
