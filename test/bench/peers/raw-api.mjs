// The floor: the bodies of a file, each sent to the engine as it is, on so many connections that are kept.
//   node raw-api.mjs SOCKET BODIES.json CONNECTIONS
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

const [socketPath, file, connections] = process.argv.slice(2);
const queue = JSON.parse(readFileSync(file, 'utf8'));
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) });

function create(network) {
  const body = JSON.stringify(network);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, agent, method: 'POST', path: '/networks/create', headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => (response.statusCode === 201 ? resolve() : reject(new Error(text))));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function worker() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await create(next);
}

await Promise.all(Array.from({ length: Number(connections) }, worker));
agent.destroy();
