import { FakeMediaPlane } from '../../src/media/fake/plane.ts';
import { peerRequest } from '../support/offers.ts';
import { mediaPlaneContract } from './media-plane.ts';

mediaPlaneContract('fake', () => {
  const plane = new FakeMediaPlane();
  return Promise.resolve({
    plane,
    heardBy: (slot) => plane.heardBy(slot),
    connect: (onChannel) => {
      const peer = plane.openPeer(peerRequest('audio both', 'data'));
      peer.events.on('channel', onChannel);
      peer.connect();
      const channel = peer.openChannel();
      return Promise.resolve({
        peer,
        say: (text) => channel.say(text),
        closeChannel: () => channel.end(),
        close: () => Promise.resolve(),
      });
    },
  });
});
