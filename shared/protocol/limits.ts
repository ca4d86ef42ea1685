// Every bound on what a peer can make us accept or buffer, and the floors of privacy that no policy can lower. PROTOCOL.md 5 and 9.

/** Longest socket message, bytes: one frame and its envelope fit. */
export const maximumMessageBytes = 1024 * 1024;
/** Bytes after a frame's header of three. */
export const maximumFrameBytes = 256 * 1024;
export const frameHeaderBytes = 3;
export const hashBytes = 32;
/** Longest `shares`, `confirm` or `unmask`, bytes: 1024 neighbours fit (32 + 82 k). */
export const maximumAnswerBytes = 96 * 1024;
/** Sequence numbers are u16. */
export const maximumFrames = 65_536;
/** Characters of the text in a `refused` message. */
export const maximumReasonCharacters = 500;
/** Keys of a message's JSON object. */
export const maximumMessageFields = 16;
export const maximumJsonDepth = 64;
/** Longest wait that a server may ask for before the next try, ms: a day. */
export const maximumRetryAfterMs = 24 * 3600 * 1000;
/** Model versions and counts are whole numbers that a u32 holds. */
export const maximumCount = 0xffff_ffff;

export const roundConfigBytes = 184;
/**
 * b: bits of a number on the wire, each whole number between. Fewer than 8 hold no masked sum: six deviations of the least noise of twenty
 * devices are 6 sqrt(20 * 9) = 80, beyond 2^6.
 */
export const minimumRingBits = 8;
export const maximumRingBits = 32;
/** D: numbers in an update. */
export const maximumUpdateLength = 2 ** 22;
export const maximumLayoutParts = 16;
/** Into how many blocks a policy may divide the rows and the columns of the offsets. */
export const maximumRowBlocks = 4096;
export const maximumColumnBlocks = 256;
/** Phases of an epoch, and rounds of a phase. */
export const maximumPhases = 8;
export const maximumPhaseRounds = 100_000;
/** What a policy may ask of a device's training: steps, how far one moves, mu of FedProx, and the time for them. */
export const maximumLocalSteps = 64;
export const maximumLocalRate = 10;
export const maximumProxMu = 1000;
export const minimumLocalLimitMs = 100;
export const maximumLocalLimitMs = 10 * 60_000;
export const maximumServerRate = 1e6;
export const maximumClippingBoundInt = 2 ** 25;
export const maximumClippingBoundL2 = 1e9;
/** A day. A longer one would let a server ask, by a policy, whether a browser took part within any span of its choice. */
export const maximumCooldownMs = 24 * 3600 * 1000;
/** A config is for now: its expiry lies at most this far ahead, ms. */
export const maximumConfigLifetimeMs = 24 * 3600 * 1000;

/** Fewest survivors of a round, whatever the policy says. */
export const minimumCohortFloor = 20;
/** nMin >= ceil(0.7 nMax). */
export const minimumCohortPermille = 700;
/** gamma: the part of nMax that may collude and leave out its noise; nEff <= nMin - floor(0.1 nMax). */
export const corruptPermille = 100;
export const maximumCohortCeiling = 65_535;
/** The roster of n clients, 2 + 64 n bytes, must fit into one message. */
export const maximumMaskedCohort = 16_000;
/** Most numbers that one device sends with its own noise alone (mode 4): beyond it nothing useful is left of them. */
export const maximumLocalUpdateLength = 4096;
/** z. One participation at epsilon 8 and delta 1e-6 needs z >= 0.6893, so a floor of 1 would forbid it. */
export const minimumNoiseMultiplier = 0.6;
export const maximumNoiseMultiplier = 1e4;
/** Standard deviation of one device's noise, integer units. Below 3 a sum of discrete Gaussians is not close to one (tau). */
export const minimumLocalNoiseStd = 3;
export const maximumLocalNoiseStd = 8192;
export const minimumDelta = 1e-15;
export const maximumDelta = 1e-5;
export const maximumEpsilonCap = 8;
/** Lifetime rho of one browser profile over all policies: epsilon 8 at delta 1e-6. A policy can only be stricter. */
export const lifetimeRhoCap = 1.052358;
