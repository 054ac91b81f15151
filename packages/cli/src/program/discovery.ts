import type { AddCommand } from './execute.js';
import { addSpecCommand } from './spec-command.js';

export const addDiscovery: AddCommand = (parent, finish) => {
  const group = parent.command('discovery').description('services of Consul, which watch keeps').exitOverride();
  addSpecCommand(group, finish, {
    name: 'status',
    text: 'containers, their addresses, what Consul has of them, and what differs',
    load: async () => (await import('../commands/discovery-status.js')).discoveryStatus,
    examples: [{ line: 'netctl discovery status', does: 'what Consul has, and what it should have' }],
  });
};
