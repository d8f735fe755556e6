FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git openssh-client ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /coxswain
COPY package.json package-lock.json ./
# The optional packages are Node itself, which is already here.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY src src
COPY commands commands
COPY manifests manifests
COPY slack-manifest.yml ./
USER node
ENV NODE_ENV=production
CMD ["node", "src/main.ts"]
