// The privacy policy of a federation: public, published by the server, hashed into every round's config, checked by every device.
import type { Layout } from '../model/model.ts';

export interface Policy {
  readonly protocol: 'tacit/secagg/1';
  /** 0: unmasked, loopback addresses only. 1: secure aggregation (a later version). */
  readonly mode: 0 | 1;
  /** z: central noise standard deviation over the integer sensitivity bound. */
  readonly noiseMultiplier: number;
  /** C: joint L2 clipping bound, real units. */
  readonly clippingBoundL2: number;
  readonly delta: number;
  /** The device refuses to go past this lifetime epsilon (at delta) whatever the server asks. */
  readonly epsilonCap: number;
  /** nMin: fewest surviving participants of a round. */
  readonly minCohort: number;
  /** nMax. */
  readonly maxCohort: number;
  /** nEff: honest noise shares assumed. */
  readonly honestNoiseShares: number;
  /** Least time between two participations of one device. */
  readonly cooldownMs: number;
  /** b: bits of the ring Z_2^b. */
  readonly bits: number;
  /** clipInt: the clipping bound in integer units. scale = clipInt / clippingBoundL2. */
  readonly clippingBoundInt: number;
  /** Trainable vector; its `length` is D. */
  readonly layout: Layout;
}
