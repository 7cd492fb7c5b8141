# Three images from one file: `--target app` (the web app), `--target copilot-cli` (a headless Copilot CLI server) and
# `--target egress` (the proxy through which the CLI servers make their calls).
# Building needs the npm registry and nothing else. See docker-compose.yml for how they run together.

FROM node:20-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
COPY examples/express-api/package.json examples/express-api/
COPY examples/queue-worker/package.json examples/queue-worker/
COPY examples/terminal-chat/package.json examples/terminal-chat/
# Without install scripts: they download from places other than the registry, and nothing here needs them.
RUN npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY . .
RUN npm run build
# One path for the CLI's binary, whatever the platform.
RUN cp "node_modules/@github/copilot-linux-$(node -p process.arch)/copilot" /usr/local/bin/copilot
# One file without anything beside it.
RUN npx esbuild scripts/egress.ts --bundle --platform=node --format=esm --outfile=/build/egress.mjs \
    --banner:js="import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"


FROM node:20-slim AS copilot-cli
# Never a newer version than the one the SDK in the app is made for.
ENV NODE_ENV=production \
    COPILOT_AUTO_UPDATE=false \
    COPILOT_DISABLE_KEYTAR=1 \
    COPILOT_HOME=/copilot/home \
    COPILOT_CACHE_HOME=/copilot/cache
COPY --from=build /usr/local/bin/copilot /usr/local/bin/copilot
RUN mkdir -p /copilot/home /copilot/cache /copilot/work && chown -R node:node /copilot
USER node
WORKDIR /copilot/work
# The binary unpacks itself at its first start; done here, a container starts in a second.
RUN copilot --version
VOLUME /copilot/home
EXPOSE 4321
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "require('node:net').connect(4321, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
# Without a token the server would accept anyone who can reach it; so it does not start then.
CMD ["/bin/sh", "-c", ": \"${COPILOT_CONNECTION_TOKEN:?is not set}\"; exec copilot --headless --no-auto-login ${COPILOT_GITHUB_TOKEN:+--auth-token-env COPILOT_GITHUB_TOKEN} --host 0.0.0.0 --port 4321"]


FROM node:20-slim AS egress
ENV NODE_ENV=production EGRESS_HOST=0.0.0.0 EGRESS_PORT=8889
COPY --from=build /build/egress.mjs /egress/egress.mjs
USER node
EXPOSE 8889
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
  CMD ["node", "-e", "require('node:net').connect(8889, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]
CMD ["node", "/egress/egress.mjs"]


FROM node:20-slim AS app
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    HOSTNAME=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
WORKDIR /app
# Everything the server needs, the migrations and the schema engine among it; see next.config.mjs.
COPY --from=build --chown=node:node /build/.next/standalone ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/api/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server.js"]
