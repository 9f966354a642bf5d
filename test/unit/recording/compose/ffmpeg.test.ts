import { graphOption } from '../../../../src/recording/compose/ffmpeg.ts';

test.each([
  ['ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers', '-filter_complex_script'],
  ['ffmpeg version 6.1.1-3ubuntu5 Copyright (c) 2000-2023 the FFmpeg developers', '-filter_complex_script'],
  ['ffmpeg version n6.0 Copyright (c) 2000-2023 the FFmpeg developers', '-filter_complex_script'],
  ['ffmpeg version 7.1.5-0+deb13u1 Copyright (c) 2000-2026 the FFmpeg developers', '-/filter_complex'],
  ['ffmpeg version 10.0 Copyright (c) 2000-2030 the FFmpeg developers', '-/filter_complex'],
  ['ffmpeg version N-118893-g1e76bd2f39 Copyright (c) 2000-2025 the FFmpeg developers', '-/filter_complex'],
])('%s reads a graph from a file by %s', (version, option) => {
  expect(graphOption(version)).toBe(option);
});
