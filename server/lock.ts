// A lock that dies with its holder: an SQLite transaction on a file, held open. The operating system releases it with the process, so
// kill -9 leaves nothing behind that a later start would stumble over.
import Database from 'libsql';

/**
 * Takes the lock; returns its release, or null when somebody has it (this process included).
 * Throws what SQLite throws when the file cannot be used at all.
 */
export function takeLock(path: string): (() => void) | null {
  const lock = new Database(path);
  try {
    // Nothing is ever written: the open transaction itself is the lock.
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}
