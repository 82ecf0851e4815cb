# An image of the daemon and the command line: docker build -t blipmq:latest .
# Both base images are Debian or Ubuntu variants, for apt-get.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre

FROM ${BUILD_IMAGE} AS build
WORKDIR /src

# A build of the modules without their sources fetches all that Maven needs, into a layer that lasts until a pom changes.
COPY .mvn .mvn
COPY pom.xml ./
COPY blipmq-config/pom.xml blipmq-config/
COPY blipmq-protocol/pom.xml blipmq-protocol/
COPY blipmq-wal/pom.xml blipmq-wal/
COPY blipmq-broker/pom.xml blipmq-broker/
COPY blipmq-net/pom.xml blipmq-net/
COPY blipmq-metrics/pom.xml blipmq-metrics/
COPY blipmq-client/pom.xml blipmq-client/
COPY blipmq-cli/pom.xml blipmq-cli/
COPY blipmqd/pom.xml blipmqd/
COPY blipmqd/src/assembly blipmqd/src/assembly
RUN mvn --batch-mode --quiet -DskipTests -Dspotless.check.skip=true package

COPY . .
RUN mvn --batch-mode --quiet -DskipTests -Dspotless.check.skip=true package \
    && mkdir /blipmq \
    && tar -xzf blipmqd/target/blipmq-*.tar.gz -C /blipmq --strip-components=1

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="BlipMQ" \
      org.opencontainers.image.description="A small, durable message broker in one process" \
      org.opencontainers.image.licenses="Apache-2.0"

# For the health check.
RUN command -v curl >/dev/null \
    || { apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*; }

# The owner of a mounted /var/lib/blipmq: a fixed number, because names differ between the host and the container.
RUN groupadd --gid 10001 blipmq \
    && useradd --uid 10001 --gid blipmq --no-create-home --home-dir /var/lib/blipmq --shell /usr/sbin/nologin blipmq \
    && mkdir -p /etc/blipmq \
    && install -d -o blipmq -g blipmq -m 0750 /var/lib/blipmq

COPY --from=build /blipmq /opt/blipmq
RUN ln -s /opt/blipmq/bin/blipmqd /opt/blipmq/bin/blipmq /usr/local/bin/ \
    && cp /opt/blipmq/config/blipmq-prod.toml /etc/blipmq/blipmq.toml \
    && /opt/blipmq/bin/make-cds

USER 10001:10001
WORKDIR /var/lib/blipmq
EXPOSE 5555 9100
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=5 \
    CMD curl -fsS -o /dev/null "http://127.0.0.1:${BLIPMQ_METRICS_PORT:-9100}/healthz"

# The launcher gives its place to the JVM, so that it is process 1 and gets the signals.
ENTRYPOINT ["/usr/local/bin/blipmqd"]
CMD ["--config", "/etc/blipmq/blipmq.toml"]
