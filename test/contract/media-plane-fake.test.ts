import { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import { mediaPlaneContract } from './media-plane.ts';

mediaPlaneContract('fake', () => {
  const plane = new FakeMediaPlane();
  return Promise.resolve({ plane, heardBy: (slot) => plane.heardBy(slot) });
});
