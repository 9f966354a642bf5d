{
  'variables': {
    'packages': 'gstreamer-1.0 gstreamer-app-1.0 gstreamer-webrtc-1.0 gstreamer-sdp-1.0 gstreamer-rtp-1.0 gstreamer-video-1.0 nice gio-2.0 libcrypto',
  },
  'targets': [
    {
      'target_name': 'node_gst',
      'sources': ["<!@(find src -name '*.cc' | sort)"],
      'include_dirs': ["<!(node -p \"require('node-addon-api').include_dir\")", 'src'],
      'defines': ['NAPI_VERSION=8', 'NODE_ADDON_API_CPP_EXCEPTIONS_ALL', 'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'GST_USE_UNSTABLE_API', 'GLIB_DISABLE_DEPRECATION_WARNINGS'],
      'cflags_cc!': ['-fno-exceptions', '-fno-rtti', '-std=gnu++17', '-std=gnu++20'],
      'cflags_cc': [
        '-std=c++20', '-fexceptions', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Wno-cast-function-type', '-fvisibility=hidden',
        '<!@(pkg-config --cflags <(packages))',
      ],
      # Node unloads an addon with the last worker that used it, but GStreamer's objects and threads may still hold
      # pointers to its functions: it stays mapped.
      'ldflags': ['-Wl,-z,nodelete'],
      'libraries': ['<!@(pkg-config --libs <(packages))'],
    },
  ],
}
