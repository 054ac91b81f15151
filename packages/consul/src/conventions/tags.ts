import type { WorkloadPort } from '@netctl/core';
import type { Report } from './report.js';
import { setting } from './settings.js';
import type { Settings } from './settings.js';

/** `SERVICE_TAGS`, in the order of the text, and the protocol of a port that is not TCP's. */
export function tagsOf(settings: Settings, protocol: WorkloadPort['protocol'], report: Report): readonly string[] {
  const override = setting(settings, 'enable_tag_override');
  if (override?.value === 'true') {
    const message = `${override.written} is not read: the tags of a service are those of its container.`;
    report('SERVICE_VALUE_INVALID', message, 'Set SERVICE_TAGS, or register the service without netctl.');
  }
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
