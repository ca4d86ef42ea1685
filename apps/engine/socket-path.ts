// Where the aggregator's socket is, and how long is waited for it. PROTOCOL.md 1.

export const socketPath = '/v1/socket';
export const connectTimeoutMs = 10_000;
/** How often a socket that holds something is looked at: no event tells when it has let go of it. */
export const lookEveryMs = 5;
