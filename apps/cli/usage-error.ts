// One class for all of them, apart from the settings of `npm start`, which a command that only computes does not need.
/** What was given on a command line or as a setting was not understood. The message says where it stood, what was expected, what came and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
