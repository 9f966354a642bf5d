import gst from 'node-gst';
import { ServiceError } from '../../base/errors.ts';

/** Elements the media plane makes, itself or inside webrtcbin, and the Debian package each comes in. */
export const REQUIRED_ELEMENTS: Readonly<Record<string, string>> = {
  webrtcbin: 'gstreamer1.0-plugins-bad',
  dtlssrtpdec: 'gstreamer1.0-plugins-bad',
  dtlssrtpenc: 'gstreamer1.0-plugins-bad',
  srtpdec: 'gstreamer1.0-plugins-bad',
  srtpenc: 'gstreamer1.0-plugins-bad',
  sctpdec: 'gstreamer1.0-plugins-bad',
  sctpenc: 'gstreamer1.0-plugins-bad',
  nicesrc: 'gstreamer1.0-nice',
  nicesink: 'gstreamer1.0-nice',
  rtpbin: 'gstreamer1.0-plugins-good',
  rtpsession: 'gstreamer1.0-plugins-good',
  rtpssrcdemux: 'gstreamer1.0-plugins-good',
  rtpjitterbuffer: 'gstreamer1.0-plugins-good',
  rtpptdemux: 'gstreamer1.0-plugins-good',
  rtprtxsend: 'gstreamer1.0-plugins-good',
  rtprtxreceive: 'gstreamer1.0-plugins-good',
  rtpfunnel: 'gstreamer1.0-plugins-good',
  rtpstorage: 'gstreamer1.0-plugins-good',
  rtpreddec: 'gstreamer1.0-plugins-good',
  rtpredenc: 'gstreamer1.0-plugins-good',
  rtpulpfecdec: 'gstreamer1.0-plugins-good',
  rtpulpfecenc: 'gstreamer1.0-plugins-good',
  rtphdrexttwcc: 'gstreamer1.0-plugins-good',
  queue: 'libgstreamer1.0-0',
  capsfilter: 'libgstreamer1.0-0',
  clocksync: 'libgstreamer1.0-0',
  appsrc: 'gstreamer1.0-plugins-base',
  appsink: 'gstreamer1.0-plugins-base',
};

/** Throws `elements-missing`, naming each missing element and its package. `has` is replaced in tests. */
export function checkElements(has: (element: string) => boolean = gst.hasElement): void {
  const missing = Object.entries(REQUIRED_ELEMENTS).filter(([element]) => !has(element));
  if (missing.length === 0) return;
  const detail = missing.map(([element, debianPackage]) => `${element} (Debian package ${debianPackage})`).join(', ');
  throw new ServiceError('elements-missing', { detail });
}
