# The server as one image. Settings come from TIDUI_ variables, keys from a volume on /var/lib/tidui/keys.
# compose.yaml shows the whole: keys, migrations, server, PostgreSQL, Redis.

FROM rust:1-bookworm AS build
# What the server is tried with before it is built as it is released: see tests/bench/trained.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql redis-server python3 curl \
    && rm -rf /var/lib/apt/lists/* \
    && rustup component add llvm-tools
WORKDIR /src
# rust-toolchain.toml stays outside: the image brings its own stable toolchain.
COPY Cargo.toml Cargo.lock ./
COPY entity entity
COPY migration migration
COPY api api
COPY tests tests
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    tests/bench/trained /out/tidui

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/tidui --create-home tidui \
    && install -d -o tidui -g tidui -m 0700 /var/lib/tidui/keys
COPY --from=build /out/tidui /usr/local/bin/tidui
# For the keys of an outside issuer, which are fetched over TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
USER tidui
WORKDIR /var/lib/tidui
VOLUME /var/lib/tidui/keys
# Inside a container only the published port is reached from outside; put TLS in front of it.
ENV TIDUI_LISTEN=0.0.0.0:8080 \
    TIDUI_ALLOW_REMOTE=true \
    TIDUI_LOG_FORMAT=json
EXPOSE 8080
# The image has no curl: bash opens the connection itself.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["tidui"]
CMD ["serve"]
