# The service in a container. Debian 13 has a Node that is new enough (20.19); the Debian packages are those of packages.txt.
ARG BASE=debian:trixie-slim

# What is built runs on the same Debian as it was built on.
FROM ${BASE} AS base
COPY packages.txt /packages.txt
COPY docker/install-packages docker/collect-plugins /usr/local/bin/

FROM base AS build
# Certificates of a proxy that npm goes through, where there is one.
ARG NODE_EXTRA_CA_CERTS=
RUN install-packages node npm build
WORKDIR /app
# The manifests first: the npm packages are fetched again only when these change.
COPY package.json package-lock.json ./
COPY client/package.json client/
COPY node-gst/package.json node-gst/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund

# Debian's packages of plugins bring a gigabyte of libraries, of which these need a few.
FROM base AS plugins
COPY docker/plugins.txt /plugins.txt
RUN install-packages runtime \
 && collect-plugins /plugins.txt /collected

FROM ${BASE}
LABEL org.opencontainers.image.title="backend-webrtc" \
      org.opencontainers.image.description="A selective forwarding unit for voice and video" \
      org.opencontainers.image.licenses="MIT"
COPY packages.txt /packages.txt
COPY docker/install-packages /usr/local/bin/
RUN install-packages node \
 && rm -rf /usr/share/doc /usr/share/man /usr/share/locale \
 && useradd --system --no-create-home --shell /usr/sbin/nologin webrtc \
 && mkdir /data \
 && chown webrtc: /data
COPY --from=plugins /collected /
WORKDIR /app
COPY --from=build /app/package.json /app/packages.txt ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/node-gst/package.json /app/node-gst/index.cjs node-gst/
COPY --from=build /app/node-gst/build/Release/node_gst.node node-gst/build/Release/
COPY --from=build /app/pipelines pipelines
COPY --from=build /app/dashboard dashboard
COPY --from=build /app/docker/healthcheck.mjs docker/
COPY --from=build /app/dist dist
# Two arenas of malloc: docs/operations.md, "Memory".
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    GST_REGISTRY=/app/gstreamer.registry \
    RECORDINGS_DIR=/data/recordings \
    WEBHOOK_SPOOL=/data/webhook-spool
# What plugins there are is written down now: the root file system may be read-only later.
RUN ldconfig \
 && node -e "const gst = require('node-gst'); gst.init(); process.exit(gst.hasElement('webrtcbin') ? 0 : 1)"
ENV GST_REGISTRY_UPDATE=no
USER webrtc
VOLUME /data
EXPOSE 80
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "docker/healthcheck.mjs"]
CMD ["node", "dist/main.js"]
