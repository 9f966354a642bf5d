import { ServiceError } from '../../../../src/base/errors.ts';
import { checkElements, requiredElements } from '../../../../src/media/gst/elements.ts';

describe('requiredElements', () => {
  it('are read from packages.txt, each with its package', () => {
    const elements = requiredElements();
    expect(elements.get('webrtcbin')).toBe('gstreamer1.0-plugins-bad');
    expect(elements.get('nicesrc')).toBe('gstreamer1.0-nice');
    expect(elements.get('rtpstorage')).toBe('gstreamer1.0-plugins-good');
    expect(elements.get('clocksync')).toBe('libgstreamer1.0-0');
    expect(elements.size).toBeGreaterThan(20);
  });
});

describe('checkElements', () => {
  it('is content where every element is there', () => {
    const asked: string[] = [];
    checkElements((element) => asked.push(element) > 0);
    expect(asked).toEqual([...requiredElements().keys()]);
  });

  it('names each missing element and its package in one error', () => {
    const check = (): void => checkElements((element) => !['webrtcbin', 'nicesrc', 'queue'].includes(element));
    expect(check).toThrow(ServiceError);
    expect(check).toThrow(
      'GStreamer elements are missing: queue (Debian package libgstreamer1.0-0), ' +
        'webrtcbin (Debian package gstreamer1.0-plugins-bad), nicesrc (Debian package gstreamer1.0-nice)',
    );
  });
});
