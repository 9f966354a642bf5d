// How loud a microphone is, on a meter.

/**
 * @param {MediaStreamTrack} track
 * @param {HTMLMeterElement} meter
 * @returns {() => void} ends it
 */
export function showLevel(track, meter) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 512 });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    meter.value = scaled(Math.hypot(...samples) / Math.sqrt(samples.length));
  }, 80);
  return () => {
    clearInterval(timer);
    meter.value = 0;
    void context.close();
  };
}

/**
 * Loudness as one hears it: -60 dB is nothing, 0 dB is all.
 * @param {number} level root mean square, from 0 to 1
 */
const scaled = (level) => Math.min(1, Math.max(0, 1 + (20 * Math.log10(level + 1e-9)) / 60));
