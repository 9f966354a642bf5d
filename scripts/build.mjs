// `npm run build`: the addon where its sources are newer than it, then the service and the client library.
import { addonIsStale, buildAddon, buildClient, buildService } from './lib/build.mjs';
import { script } from './lib/run.mjs';

await script(() => {
  if (addonIsStale()) buildAddon();
  buildService();
  buildClient();
});
