import type { Layer, Rules } from './architecture.ts';

const layer = (files: string[], may: string[] = [], packages: string[] = []): Layer => ({ files, may, packages });

/** The way of a request, one way. docs/architecture.md draws it, with the same table of layers. */
export const RULES: Rules = {
  layers: {
    base: layer(['src/base/'], [], ['pino']),
    config: layer(['src/config/'], ['src/base/'], ['envalid']),
    claim: layer(['src/claim/'], ['src/base/']),
    sdp: layer(['src/sdp/'], ['src/base/'], ['sdp-transform']),
    'media port': layer(['src/media/types.ts'], ['src/base/', 'src/sdp/types.ts']),
    'fake media': layer(['src/media/fake/'], ['src/base/', 'src/sdp/', 'src/media/types.ts']),
    'gst media': layer(['src/media/gst/'], ['src/base/', 'src/sdp/', 'src/media/types.ts'], ['node-gst']),
    conversation: layer(['src/conversation/'], ['src/base/', 'src/sdp/types.ts', 'src/media/types.ts']),
    peer: layer(['src/peer/'], ['src/base/', 'src/sdp/', 'src/media/types.ts']),
    recording: layer(['src/recording/'], ['src/base/', 'src/conversation/types.ts', 'src/media/types.ts']),
    'recording child': layer(['src/recording/child/'], ['src/base/', 'src/recording/'], ['node-gst']),
    channel: layer(
      ['src/channel/'],
      ['src/base/', 'src/sdp/types.ts', 'src/media/types.ts', 'src/conversation/types.ts'],
    ),
    events: layer(['src/events/'], ['src/base/', 'src/*/types.ts']),
    metrics: layer(['src/metrics/'], ['src/base/', 'src/events/catalogue.ts', 'src/media/types.ts'], ['prom-client']),
    drawing: layer(['src/drawing/'], ['src/base/'], ['@viz-js/viz']),
    webhooks: layer(['src/webhooks/'], ['src/base/', 'src/events/catalogue.ts']),
    signalling: layer(['src/signalling/'], ['src/base/', 'src/claim/', 'src/sdp/', 'src/peer/'], ['ws']),
    http: layer(['src/http/'], ['src/base/', 'src/claim/', 'src/signalling/', 'src/conversation/'], ['express', 'ws']),
    app: layer(['src/app.ts', 'src/app/'], ['src/']),
    main: layer(['src/main.ts'], ['src/app.ts', 'src/config/', 'src/base/']),
    'client core': layer(['client/src/core/'], ['client/src/types.ts']),
    client: layer(['client/src/'], ['client/src/core/']),
    dashboard: layer(['dashboard/']),
    demo: layer(['demo/'], ['scripts/'], ['backend-webrtc-client', 'express', 'ws']),
    docker: layer(['docker/']),
    examples: layer(['examples/'], [], ['node-gst', 'ws']),
    scripts: layer(['scripts/'], [], ['node-gst', 'ws']),
    'node-gst': layer(['node-gst/']),
  },
  maxLines: 400,
  longFiles: {},
  environment: { reader: 'src/config/env.ts', folder: 'src/' },
};
