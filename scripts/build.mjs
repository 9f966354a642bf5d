// `npm run build`: the addon where its sources are newer than it, then the service.
import { addonIsStale, buildAddon, buildService } from './lib/build.mjs';
import { script } from './lib/run.mjs';

await script(() => {
  if (addonIsStale()) buildAddon();
  buildService();
});
