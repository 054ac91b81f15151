// Loaded before a Node.js program: writes the most memory that it had to the file that PEAK_FILE names, in KiB.
import { writeFileSync } from 'node:fs';

process.once('exit', () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
