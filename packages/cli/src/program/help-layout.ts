import { Help } from 'commander';
import type { AddHelpTextContext, HelpConfiguration } from 'commander';

/** What commander sets before an item, and between it and what is said of it. */
const SPACES = 4;

const NARROW_INDENT = '      ';

/**
 * The help at any width: what is said of an item goes beside it, or below it where less than half of the width would be
 * left. Commander alone breaks no line where less than 40 columns are left.
 */
export const helpLayout: HelpConfiguration = {
  minWidthToWrap: 1,
  formatItem: (term, termWidth, description, helper) => {
    const width = helper.helpWidth ?? 80;
    if (description === '' || width - termWidth - SPACES >= width / 2) {
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    }
    const text = helper.boxWrap(description, width - NARROW_INDENT.length);
    return `  ${term}\n${text.replace(/^/gm, NARROW_INDENT)}`;
  },
};

/** The helper for what is added to the help of a command, at the width of where it is written. */
export function helperOf({ command, error }: AddHelpTextContext): Help {
  const output = command.configureOutput();
  const helper = command.createHelp();
  const helpWidth = error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.();
  helper.prepareContext({ error, ...(helpWidth === undefined ? {} : { helpWidth }) });
  return helper;
}
