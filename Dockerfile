# Two stages: compile with everything, run with nothing but Node 24, the compiled output and its dependencies.
# Where no container engine is at hand, scripts/verify-image.ts runs the same steps and shows that they hold.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY LICENSE NOTICE ./
# Durable state; everything else may be mounted read-only.
RUN install -d -o 65532 -g 65532 -m 0700 /var/lib/fleetgraph
VOLUME /var/lib/fleetgraph
USER 65532:65532
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["node", "dist/healthcheck.js"]
ENTRYPOINT ["node", "--max-semi-space-size=16", "dist/main.js"]
CMD ["serve", "--host", "0.0.0.0", "--auth", "token-review", "--data-dir", "/var/lib/fleetgraph"]
