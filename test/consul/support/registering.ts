import { connectConsul, reconcile } from '@netctl/consul';
import { owner, services } from './services.js';

// Runs as a process of its own, to be killed: registers many services, and says when it is done.
const [address = '', count = '0'] = process.argv.slice(2);
await using consul = await connectConsul({ env: {}, address });
await reconcile(consul, services(Number(count)), owner);
process.send?.('done');
