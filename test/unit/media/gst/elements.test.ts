import { ServiceError } from '../../../../src/base/errors.ts';
import { checkElements, REQUIRED_ELEMENTS } from '../../../../src/media/gst/elements.ts';

describe('checkElements', () => {
  it('is content where every element is there', () => {
    const asked: string[] = [];
    checkElements((element) => asked.push(element) > 0);
    expect(asked).toEqual(Object.keys(REQUIRED_ELEMENTS));
  });

  it('names each missing element and its package in one error', () => {
    const check = (): void => checkElements((element) => !['webrtcbin', 'nicesrc'].includes(element));
    expect(check).toThrow(ServiceError);
    expect(check).toThrow(
      'GStreamer elements are missing: webrtcbin (Debian package gstreamer1.0-plugins-bad), ' +
        'nicesrc (Debian package gstreamer1.0-nice)',
    );
  });
});
