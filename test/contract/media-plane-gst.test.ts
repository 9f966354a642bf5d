import { createGstPlane } from '../../src/media/gst/plane.ts';
import { mediaPlaneContract } from './media-plane.ts';

mediaPlaneContract('GStreamer', async () => ({ plane: await createGstPlane({ iceAddresses: ['127.0.0.1'] }) }));
