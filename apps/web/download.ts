// A JSON document handed to the person as a file.
import { pagesWords } from './language.ts';
import type { Session } from './session.ts';

/** Saves what `make` answers as NAME-YYYY-MM-DD.json, and says whether it worked. Never rejects. */
export async function downloadJson(session: Session, name: string, make: () => Promise<string>): Promise<void> {
  let json: string;
  try {
    json = await make();
  } catch {
    session.say(pagesWords.value.data.exportFailed);
    return;
  }
  const address = URL.createObjectURL(new Blob([json], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${name}-${new Date().toISOString().slice(0, 10)}.json`;
  link.click();
  // The download has its own hold on the blob by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  session.say(pagesWords.value.data.exported);
}
