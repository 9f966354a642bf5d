# The service in a container. Debian 13 has a Node that is new enough (20.19); the Debian packages are those of packages.txt.
ARG BASE=debian:trixie-slim

# What is built runs on the same Debian as it was built on.
FROM ${BASE} AS base
COPY packages.txt /packages.txt
COPY docker/install-packages /usr/local/bin/

FROM base AS build
RUN install-packages node npm build
WORKDIR /app
# The manifests first: the npm packages are fetched again only when these change.
COPY package.json package-lock.json ./
COPY node-gst/package.json node-gst/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund

FROM base
RUN install-packages node runtime \
 && useradd --system --no-create-home --shell /usr/sbin/nologin webrtc
WORKDIR /app
COPY --from=build /app/package.json /app/packages.txt ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/node-gst/package.json /app/node-gst/index.cjs node-gst/
COPY --from=build /app/node-gst/build/Release/node_gst.node node-gst/build/Release/
COPY --from=build /app/pipelines pipelines
COPY --from=build /app/dist dist
USER webrtc
ENV NODE_ENV=production
EXPOSE 80
STOPSIGNAL SIGTERM
CMD ["node", "dist/main.js"]
