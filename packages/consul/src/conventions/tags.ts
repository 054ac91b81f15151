import type { WorkloadPort } from '@netctl/core';
import { setting } from './settings.js';
import type { Settings } from './settings.js';

/** `SERVICE_TAGS`, in the order of the text, and the protocol of a port that is not TCP's. */
export function tagsOf(settings: Settings, protocol: WorkloadPort['protocol']): readonly string[] {
  const tags = splitTags(setting(settings, 'tags')?.value ?? '');
  return protocol === 'tcp' ? tags : [...tags, protocol];
}

/** At commas but for `\,`, which is a comma of the tag. No other backslash means anything, and spaces stay. */
function splitTags(text: string): readonly string[] {
  return text
    .split(/(?<!\\),/)
    .map((tag) => tag.replaceAll('\\,', ','))
    .filter((tag) => tag !== '');
}
