import type { EngineBackend } from '../docker/backend.js';
import type { ParkedEndpoint } from '../endpoints.js';
import { about, NetctlError } from '../errors.js';
import type { JournalFile } from './journal-file.js';
import { encodeJournal } from './journal.js';
import type { Journal, Unfinished } from './journal.js';

/** The two copies of a journal: when each is written, and when it goes. */
export interface JournalKeeper {
  /** What was there when the turn was taken: its copies are ours to replace. */
  found(unfinished: Unfinished | undefined): void;
  /** Writes both copies; false when another netctl has its own in the engine by now. */
  keep(journal: Journal, inEngine: boolean): Promise<boolean>;
  /** Nothing is unfinished any more. */
  drop(): Promise<void>;
  /** It failed; without anything that is still off, only that remains to be told. */
  settle(journal: Journal, left: readonly ParkedEndpoint[]): Promise<void>;
}

export function journalKeeper(engine: EngineBackend, file: JournalFile): JournalKeeper {
  let copies: readonly string[] = [];
  let fresh = true;
  const dropCopies = async (): Promise<void> => {
    for (const id of copies) {
      await engine.dropJournal(id).catch((error: unknown) => {
        throw about('The copy of the journal in the engine could not be removed', error);
      });
    }
    copies = [];
  };
  return {
    found: (unfinished) => {
      copies = unfinished?.copies ?? [];
      fresh = unfinished === undefined;
    },
    keep: async (journal, inEngine) => {
      const text = encodeJournal(journal);
      if (!inEngine || fresh) await file.write(text);
      if (!inEngine) return true;
      if (!fresh) {
        // While the copy in the engine is changed the file is alone, and has all that it held.
        await file.write(encodeJournal({ ...journal, alone: true }));
        await dropCopies();
      }
      try {
        const id = await engine.keepJournal(journal.stack, text);
        if (id === undefined) {
          if (fresh) await file.drop();
          return false;
        }
        copies = [id];
        if (!fresh) await file.write(text);
        return true;
      } catch (error) {
        // Where the engine said no there is no copy; nothing has been begun, and nothing from before is in it.
        if (fresh && error instanceof NetctlError && error.code === 'ENGINE_ERROR') await file.drop();
        throw about('Nothing was changed: the plan cannot be kept in the engine', error);
      }
    },
    drop: async () => {
      await file.drop();
      await dropCopies();
    },
    settle: async (journal, left) => {
      const off = new Set(left.map(({ network }) => network));
      const networks = journal.networks.filter(({ ref }) => off.has(ref));
      await file.write(encodeJournal({ ...journal, parked: left, networks, links: [] }));
      if (left.length === 0) await dropCopies();
    },
  };
}
