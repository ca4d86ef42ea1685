// The fault of a peer: what it sent cannot be accepted. Our own mistakes are TypeError and RangeError, expected outcomes are return values.

/** Thrown for what a peer did wrong. The message says what was expected, what came and what to do. */
export class ProtocolError extends Error {
  /** Stable and short, fit to be sent back: 'bad-message', 'bad-frame', 'below-floor', ... */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
  }
}
