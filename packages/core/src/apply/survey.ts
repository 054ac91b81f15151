import type { EngineBackend } from '../docker/backend.js';
import type { Survey } from '../init/survey.js';
import type { LinkBackend } from '../links.js';
import type { HostFacts } from '../model.js';
import { NOT_ASKED } from '../plan/links-only.js';
import { look, observeLinks } from './observe.js';

/** A host for whose first spec is asked; there may be no engine, or no way to its links. */
export interface SurveyTarget {
  readonly engine?: EngineBackend;
  readonly links: LinkBackend;
  /** The name of the host, where no engine says it. */
  readonly host: string;
  /** What could not be seen, as whole sentences without a full stop. */
  readonly unseen: readonly string[];
}

/** Looks at a host once, for a first spec of it. Writes nothing. */
export async function surveyHost({ engine, links, host, unseen }: SurveyTarget, signal?: AbortSignal): Promise<Survey> {
  const facts: HostFacts =
    engine === undefined
      ? { engine: NOT_ASKED, networks: [], kernel: {}, ...(await observeLinks(links, signal)) }
      : (await look({ engine, links }, signal)).facts;
  const kernel = facts.links === undefined ? {} : await links.probe(['macvlan', 'ipvlan'], signal);
  return {
    host: facts.engine.name === '' ? host : facts.engine.name,
    facts: { ...facts, kernel },
    neighbours: [],
    unseen: [...unseen, ...(facts.linksMissing === undefined ? [] : [`the links of the host: ${facts.linksMissing}`])],
  };
}
