import { engineText } from '../docker/errors.js';
import { classOf } from '../docker/refusals/index.js';
import type { Named } from '../docker/refusals/refusal.js';
import type { Finding } from './finding.js';

/**
 * What the lines of a pasted error of an engine, its CLI or Compose mean, each class once. Empty where none of them is
 * known; nothing is asked of any engine.
 */
export function explainDocker(text: string): readonly Finding[] {
  const found = new Map<string, Finding>();
  // As it stands in an answer of the API, or in a log.
  const plain = text.replaceAll('\\n', '\n').replaceAll('\\"', '"');
  for (const line of engineText(plain).split('\n')) {
    // The kernel's own words about what `ip` was told; Docker wraps them in others.
    const known = line.includes('RTNETLINK answers') ? undefined : classOf(line);
    if (known === undefined || found.has(known.code)) continue;
    const groups = known.pattern.exec(line)?.groups ?? {};
    const named: Named = (what, placeholder) => clean(groups[what]) ?? placeholder;
    found.set(known.code, {
      code: known.code,
      matter: 'error',
      severity: 'note',
      title: 'an error of Docker',
      evidence: [line.trim()],
      cause: known.cause(named),
      cure: known.cure(named),
    });
  }
  return [...found.values()];
}

/** A name without the quotes and the punctuation of its sentence; nothing that a command would take for more than a word. */
function clean(text: string | undefined): string | undefined {
  const bare = text?.trim().replace(/^["'`]+|["'`.,;:)}\]]+$/g, '');
  return bare === undefined || bare === '' || /[^\p{L}\p{N} _.:/@-]/u.test(bare) ? undefined : bare;
}
