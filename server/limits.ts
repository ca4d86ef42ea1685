// Everything that a peer could make the server keep, send or wait for has a named limit here.
// What is about the shape of messages is in shared/protocol/limits.ts.

/** Sockets from one address. The demo's fleet and its visitors share loopback, so this is well above a fleet of 100. */
export const maxSocketsPerAddress = 256;
/** Sockets in all. */
export const maxSockets = 4096;
/** TCP connections in all, HTTP included. */
export const maxConnections = 8192;
/** Messages (socket.io packets) a socket may send: a burst, refilled at the rate. The largest upload is 64 frames of two packets. */
export const messageBurst = 400;
export const messagesPerSecond = 100;
/** A client that stops reading is cut off beyond this many unsent packets or bytes. */
export const maxUnsentPackets = 256;
export const maxUnsentBytes = 1024 * 1024;
/** People who wait while a round is full, as a multiple of the largest cohort. */
export const waitingPerSeat = 4;
/** HTTP request bodies (only the stop switch has one) and headers, bytes. */
export const maxBodyBytes = 16 * 1024;
export const maxHeaderBytes = 16 * 1024;
/** Time to send a request's headers, a whole request, and to stay idle in the middle of an answer. */
export const headersTimeoutMs = 10_000;
export const requestTimeoutMs = 15_000;
export const idleConnectionMs = 60_000;
/** Time for a socket to say which namespace it wants; a silent one is closed. */
export const connectTimeoutMs = 10_000;
export const pingIntervalMs = 15_000;
export const pingTimeoutMs = 20_000;
/** Published models and decoded sums that stay in the store; older ones lose their bytes and keep their row. */
export const keptModelVersions = 50;
/** Versions before the newest that a client may hold and get the newest from as a delta. */
export const deltaBases = 8;
/** Encoded bodies (a model as it is, br and gzip) that stay in memory. */
export const cachedBodies = 8;
/** A graceful close is cut short after this. */
export const closeTimeoutMs = 4_000;
/** Incomplete uploads that are held at a time, bytes in all; a few are held whatever their size. Whose would be one more waits, unread. */
export const maxOpenUploadBytes = 64 * 1024 * 1024;
export const leastOpenUploads = 4;
/** How long an upload may be incomplete while others wait, beside the time that its bytes take on the slowest uplink. */
export const uploadTurnMs = 10_000;
