// The machine's clock with longer deadlines: two dozen clients in one process of a busy test machine must not meet those for real people.
import { type Clock, systemClock } from '../clock.ts';

/** From here on a delay is a deadline of the protocol, not a grace or a quiet second that a test has set. */
const leastDeadlineMs = 10_000;

export const patientClock: Clock = {
  nowMs: systemClock.nowMs,
  setTimer: (callback, delayMs) => systemClock.setTimer(callback, delayMs >= leastDeadlineMs ? 10 * delayMs : delayMs),
};
