// `npm start`: the built service, in this process.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('The service is not built. Run: npm run setup');
  process.exitCode = 1;
}
