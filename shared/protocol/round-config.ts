// RoundConfig: the 184 bytes by which the server opens a round, and the checks by which a device decides whether it takes part.
// PROTOCOL.md 5 has the layout and [P1] the checks. All integers are little-endian.
import { noiseMultiplierOf, sensitivitySquared } from '../privacy/sensitivity.ts';
import {
  checkMaskParameters,
  type MaskParameters,
  neighboursForCohort,
  standardThresholdPermille,
} from '../secagg/parameters.ts';
import { fromHex, toHex } from './canonical.ts';
import { ProtocolError } from './errors.ts';
import {
  maximumClippingBoundInt,
  maximumConfigLifetimeMs,
  maximumLocalNoiseStd,
  maximumLocalUpdateLength,
  maximumRingBits,
  maximumUpdateLength,
  minimumLocalNoiseStd,
  minimumNoiseMultiplier,
  minimumRingBits,
  roundConfigBytes,
} from './limits.ts';
import {
  leastMinCohort,
  type Mode,
  modes,
  mostHonestNoiseShares,
  noiseOfPolicy,
  type RoundPolicy,
  scaleOfPolicy,
} from './policy.ts';

/** Upper bounds of the stages in whole seconds, u16. In mode 4 only `maskedS`, the time for the upload, is used. */
export interface RoundDeadlines {
  readonly advertiseS: number;
  readonly sharesS: number;
  readonly maskedS: number;
  readonly unmaskS: number;
}

export interface RoundConfig {
  readonly mode: Mode;
  /** b: bits of the ring Z_2^b. */
  readonly bits: number;
  /** k of the mask graph and the threshold t in thousandths of k; both 0 in mode 4. */
  readonly neighbours: number;
  readonly thresholdPermille: number;
  /** 32 hex characters, drawn by the server. */
  readonly roundId: string;
  /** 64 hex characters: the model that the update was trained on. */
  readonly modelHash: string;
  /** D: numbers in the update. */
  readonly length: number;
  readonly minCohort: number;
  readonly honestNoiseShares: number;
  readonly maxCohort: number;
  /** C in integer units: floor(clippingBoundL2 * scale). */
  readonly clippingBoundInt: number;
  /** Chat². */
  readonly boundSq: number;
  /** One device's noise variance, integer units squared: sigma2num / sigma2den. */
  readonly sigma2num: number;
  readonly sigma2den: number;
  /** 16 bytes; public. */
  readonly rotationSeed: Uint8Array;
  /** Integer units per 1.0. */
  readonly scale: number;
  /** L2 clipping bound in real units. */
  readonly clippingBoundL2: number;
  readonly deadlines: RoundDeadlines;
  /** 64 hex characters. */
  readonly policyHash: string;
  /** Unix ms. */
  readonly expiryMs: number;
}

const magic = [0x54, 0x53, 0x41, 0x31]; // "TSA1"
const rotationSeedBytes = 16;

/** The 184 bytes of a config, the caller's. Throws RangeError for a number that its field cannot hold. */
export function encodeRoundConfig(config: RoundConfig): Uint8Array {
  const bytes = new Uint8Array(roundConfigBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(magic, 0);
  bytes[4] = unsigned(config.mode, 8, 'mode');
  bytes[5] = unsigned(config.bits, 8, 'bits');
  view.setUint16(6, unsigned(config.neighbours, 16, 'neighbours'), true);
  bytes.set(hexOfLength(config.roundId, 16, 'roundId'), 8);
  bytes.set(hexOfLength(config.modelHash, 32, 'modelHash'), 24);
  view.setUint32(56, unsigned(config.length, 32, 'length'), true);
  view.setUint16(60, unsigned(config.thresholdPermille, 16, 'thresholdPermille'), true);
  view.setUint16(62, unsigned(config.minCohort, 16, 'minCohort'), true);
  view.setUint16(64, unsigned(config.honestNoiseShares, 16, 'honestNoiseShares'), true);
  view.setUint16(66, unsigned(config.maxCohort, 16, 'maxCohort'), true);
  view.setUint32(68, unsigned(config.clippingBoundInt, 32, 'clippingBoundInt'), true);
  setUint64(view, 72, config.boundSq, 'boundSq');
  view.setUint32(96, unsigned(config.sigma2num, 32, 'sigma2num'), true);
  view.setUint32(100, unsigned(config.sigma2den, 32, 'sigma2den'), true);
  if (config.rotationSeed.length !== rotationSeedBytes) {
    throw new RangeError(`rotationSeed: expected ${rotationSeedBytes} bytes, got ${config.rotationSeed.length}`);
  }
  bytes.set(config.rotationSeed, 104);
  view.setFloat64(120, config.scale, true);
  view.setFloat64(128, config.clippingBoundL2, true);
  view.setUint16(136, unsigned(config.deadlines.advertiseS, 16, 'advertiseS'), true);
  view.setUint16(138, unsigned(config.deadlines.sharesS, 16, 'sharesS'), true);
  view.setUint16(140, unsigned(config.deadlines.maskedS, 16, 'maskedS'), true);
  view.setUint16(142, unsigned(config.deadlines.unmaskS, 16, 'unmaskS'), true);
  bytes.set(hexOfLength(config.policyHash, 32, 'policyHash'), 144);
  setUint64(view, 176, config.expiryMs, 'expiryMs');
  return bytes;
}

/**
 * Reads the structure: length, magic, a known mode, a known ring, reserved zeros, numbers that are numbers. Whether a device should take
 * part is for `checkRoundConfig`. Throws ProtocolError 'bad-config'. The result shares no memory with `bytes`.
 */
export function parseRoundConfig(bytes: Uint8Array): RoundConfig {
  if (bytes.length !== roundConfigBytes) throw bad('length', `${roundConfigBytes} bytes`, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (magic.some((byte, i) => bytes[i] !== byte)) throw bad('magic', '"TSA1"', toHex(bytes.subarray(0, 4)));
  const mode = modes.find((known) => known === bytes[4]);
  if (mode === undefined) throw bad('mode', modes.join(' or '), bytes[4]);
  const bits = bytes[5]!;
  if (bits < minimumRingBits || bits > maximumRingBits) {
    throw bad('bits', `${minimumRingBits} to ${maximumRingBits}`, bits);
  }
  if (bytes.subarray(80, 96).some((byte) => byte !== 0)) throw bad('reserved', '16 zeros', 'others');
  return {
    mode,
    bits,
    neighbours: view.getUint16(6, true),
    thresholdPermille: view.getUint16(60, true),
    roundId: toHex(bytes.subarray(8, 24)),
    modelHash: toHex(bytes.subarray(24, 56)),
    length: view.getUint32(56, true),
    minCohort: view.getUint16(62, true),
    honestNoiseShares: view.getUint16(64, true),
    maxCohort: view.getUint16(66, true),
    clippingBoundInt: view.getUint32(68, true),
    boundSq: getUint64(view, 72, 'boundSq'),
    sigma2num: view.getUint32(96, true),
    sigma2den: view.getUint32(100, true),
    rotationSeed: bytes.slice(104, 104 + rotationSeedBytes),
    scale: positive(view.getFloat64(120, true), 'scale'),
    clippingBoundL2: positive(view.getFloat64(128, true), 'clip'),
    deadlines: {
      advertiseS: view.getUint16(136, true),
      sharesS: view.getUint16(138, true),
      maskedS: view.getUint16(140, true),
      unmaskS: view.getUint16(142, true),
    },
    policyHash: toHex(bytes.subarray(144, 176)),
    expiryMs: getUint64(view, 176, 'expiry'),
  };
}

/** What a round adds to its policy. */
export interface RoundFacts {
  readonly roundId: string;
  readonly modelHash: string;
  /** 16 bytes. */
  readonly rotationSeed: Uint8Array;
  readonly expiryMs: number;
  readonly deadlines: RoundDeadlines;
  readonly policyHash: string;
}

/** The config of a round under a policy's phase; it passes `checkRoundConfig` with that. */
export function roundConfigFromPolicy(policy: RoundPolicy, facts: RoundFacts): RoundConfig {
  const isMasked = policy.mode === 1;
  const noise = noiseOfPolicy(policy);
  return {
    mode: policy.mode,
    bits: policy.bits,
    neighbours: isMasked ? neighboursForCohort(policy.maxCohort) : 0,
    thresholdPermille: isMasked ? standardThresholdPermille : 0,
    roundId: facts.roundId,
    modelHash: facts.modelHash,
    length: policy.layout.length,
    minCohort: policy.minCohort,
    honestNoiseShares: policy.honestNoiseShares,
    maxCohort: policy.maxCohort,
    clippingBoundInt: policy.clippingBoundInt,
    boundSq: noise.boundSq,
    sigma2num: noise.sigma2num,
    sigma2den: noise.sigma2den,
    rotationSeed: Uint8Array.from(facts.rotationSeed),
    scale: scaleOfPolicy(policy),
    clippingBoundL2: policy.clippingBoundL2,
    deadlines: facts.deadlines,
    policyHash: facts.policyHash,
    expiryMs: facts.expiryMs,
  };
}

/** What a device knows by itself. */
export interface OwnFacts {
  /** Of the phase that the waiting update was computed for. */
  readonly policy: RoundPolicy;
  readonly policyHash: string;
  /** The model that the waiting update was trained on. */
  readonly modelHash: string;
  readonly nowMs: number;
  /** The person allowed updates to be sent alone, with this device's noise as all their protection. */
  readonly allowsLocal: boolean;
}

/** z of a round, as the device computes it from the config's integers. */
export function noiseMultiplierOfConfig(config: RoundConfig): number {
  return noiseMultiplierOf(
    { numerator: config.sigma2num, denominator: config.sigma2den },
    config.boundSq,
    config.honestNoiseShares,
  );
}

/** Cost in zCDP of one participation under a config: 1 / (2 z²). */
export function rhoOfConfig(config: RoundConfig): number {
  const noiseMultiplier = noiseMultiplierOfConfig(config);
  return 1 / (2 * noiseMultiplier * noiseMultiplier);
}

/**
 * [P1] Refuses a config that a device must not take part in: another model or policy, a number that is not the policy's, or one below the
 * compiled-in floors, which hold whatever the policy says. Whether the roundId is new and the ledger allows it is for the ledger.
 * Throws ProtocolError: 'stale-model', 'wrong-policy', 'not-allowed', 'below-floor', 'expired', 'bad-config'.
 */
export function checkRoundConfig(config: RoundConfig, own: OwnFacts): void {
  const { policy } = own;
  if (config.modelHash !== own.modelHash)
    throw new ProtocolError('stale-model', expectation('modelHash', own.modelHash, config.modelHash));
  if (config.policyHash !== own.policyHash) throw wrongPolicy('policyHash', own.policyHash, config.policyHash);
  if (config.mode !== policy.mode) throw wrongPolicy('mode', policy.mode, config.mode);
  if (config.mode === 4 && !own.allowsLocal) {
    throw new ProtocolError('not-allowed', 'round config mode: the person has not allowed updates to be sent alone');
  }

  // The floors, before and apart from the policy.
  const { minCohort, maxCohort, honestNoiseShares } = config;
  const leastCohort = leastMinCohort(maxCohort, config.mode);
  if (minCohort < leastCohort || minCohort > maxCohort) {
    throw belowFloor('nMin', `${leastCohort} to nMax ${maxCohort}`, minCohort);
  }
  const mostShares = mostHonestNoiseShares(minCohort, maxCohort, config.mode);
  if (honestNoiseShares < 1 || honestNoiseShares > mostShares) {
    throw belowFloor('nEff', `1 to ${mostShares}`, honestNoiseShares);
  }
  const longest = config.mode === 4 ? maximumLocalUpdateLength : maximumUpdateLength;
  if (config.length < 1 || config.length > longest) throw belowFloor('D', `1 to ${longest}`, config.length);
  if (config.clippingBoundInt < 1 || config.clippingBoundInt > maximumClippingBoundInt) {
    throw belowFloor('clipInt', `1 to ${maximumClippingBoundInt}`, config.clippingBoundInt);
  }
  positive(config.scale, 'scale');
  positive(config.clippingBoundL2, 'clip');
  if (Math.floor(config.clippingBoundL2 * config.scale) !== config.clippingBoundInt) {
    throw bad(
      'clipInt',
      `floor(clip scale) = ${Math.floor(config.clippingBoundL2 * config.scale)}`,
      config.clippingBoundInt,
    );
  }
  const boundSq = sensitivitySquared(config.clippingBoundInt, config.length);
  if (config.boundSq !== boundSq) throw bad('boundSq', String(boundSq), config.boundSq);
  if (config.sigma2den < 1 || config.sigma2num < 1) {
    throw belowFloor('sigma2', 'a positive fraction', `${config.sigma2num}/${config.sigma2den}`);
  }
  const noiseStd = Math.sqrt(config.sigma2num / config.sigma2den);
  if (!(noiseStd >= minimumLocalNoiseStd && noiseStd <= maximumLocalNoiseStd)) {
    throw belowFloor('sigma', `${minimumLocalNoiseStd} to ${maximumLocalNoiseStd}`, noiseStd);
  }
  const noiseMultiplier = noiseMultiplierOfConfig(config);
  if (!(noiseMultiplier >= minimumNoiseMultiplier)) {
    throw belowFloor('noise multiplier', `at least ${minimumNoiseMultiplier}`, noiseMultiplier);
  }
  if (config.mode === 1) checkMaskParameters(config);
  else if (config.neighbours !== 0 || config.thresholdPermille !== 0) {
    throw bad('k and tPermille', '0 in mode 4', `${config.neighbours} and ${config.thresholdPermille}`);
  }
  if (!(config.expiryMs > own.nowMs && config.expiryMs <= own.nowMs + maximumConfigLifetimeMs)) {
    throw new ProtocolError('expired', expectation('expiry', `within 24 hours after ${own.nowMs}`, config.expiryMs));
  }

  // The policy shown to the person: each number is its own.
  if (config.length !== policy.layout.length) throw wrongPolicy('D', policy.layout.length, config.length);
  if (minCohort !== policy.minCohort) throw wrongPolicy('nMin', policy.minCohort, minCohort);
  if (maxCohort !== policy.maxCohort) throw wrongPolicy('nMax', policy.maxCohort, maxCohort);
  if (honestNoiseShares !== policy.honestNoiseShares) {
    throw wrongPolicy('nEff', policy.honestNoiseShares, honestNoiseShares);
  }
  if (config.bits !== policy.bits) throw wrongPolicy('bits', policy.bits, config.bits);
  if (config.clippingBoundInt !== policy.clippingBoundInt) {
    throw wrongPolicy('clipInt', policy.clippingBoundInt, config.clippingBoundInt);
  }
  if (config.clippingBoundL2 !== policy.clippingBoundL2) {
    throw wrongPolicy('clip', policy.clippingBoundL2, config.clippingBoundL2);
  }
  if (config.scale !== scaleOfPolicy(policy)) throw wrongPolicy('scale', scaleOfPolicy(policy), config.scale);
  if (noiseMultiplier < policy.noiseMultiplier) {
    throw wrongPolicy('noise multiplier', `at least ${policy.noiseMultiplier}`, noiseMultiplier);
  }
}

/** What the mask machines take from a config of mode 1. Throws ProtocolError 'below-floor', and 'bad-config' in another mode. */
export function maskParametersOf(config: RoundConfig): MaskParameters {
  if (config.mode !== 1) throw bad('mode', '1', config.mode);
  return checkMaskParameters(config);
}

function unsigned(value: number, bits: number, name: string): number {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** bits) {
    throw new RangeError(`${name}: expected an unsigned integer of ${bits} bits, got ${value}`);
  }
  return value;
}

function hexOfLength(hex: string, bytes: number, name: string): Uint8Array {
  const decoded = fromHex(hex);
  if (decoded.length !== bytes) throw new RangeError(`${name}: expected ${bytes} bytes in hex, got ${decoded.length}`);
  return decoded;
}

function setUint64(view: DataView, offset: number, value: number, name: string): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name}: expected 0 to 2^53 - 1, got ${value}`);
  view.setUint32(offset, value % 2 ** 32, true);
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
}

function getUint64(view: DataView, offset: number, name: string): number {
  const value = view.getUint32(offset, true) + view.getUint32(offset + 4, true) * 2 ** 32;
  if (!Number.isSafeInteger(value)) throw bad(name, '0 to 2^53 - 1', value);
  return value;
}

function positive(value: number, name: string): number {
  if (!(Number.isFinite(value) && value > 0)) throw bad(name, 'a finite number above 0', value);
  return value;
}

function expectation(field: string, expected: string | number, got: unknown): string {
  return `round config ${field}: expected ${expected}, got ${String(got)}`;
}

function bad(field: string, expected: string, got: unknown): ProtocolError {
  return new ProtocolError('bad-config', expectation(field, expected, got));
}

function belowFloor(field: string, expected: string, got: unknown): ProtocolError {
  return new ProtocolError('below-floor', expectation(field, expected, got));
}

function wrongPolicy(field: string, expected: string | number, got: unknown): ProtocolError {
  return new ProtocolError('wrong-policy', expectation(field, expected, got));
}
