# The server as it is shipped: `docker build -t partnergraph .`, or `docker compose up --build` with all it needs.
#
# The image holds one program and no secrets; every setting comes from the environment (`partnergraph config` names
# and checks them). It needs BuildKit, which is what `docker build` uses since version 23.

# The least version that Cargo.toml asks for. Both stages are of one Debian release, so that the C library is the same.
ARG RUST_VERSION=1.94
ARG DEBIAN_RELEASE=bookworm

FROM rust:${RUST_VERSION}-slim-${DEBIAN_RELEASE} AS build
WORKDIR /build
COPY . .
# The caches keep downloads and compiled dependencies between builds and are no part of a layer, so the result is copied
# out of them. `dist` is the profile with link-time optimization.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/build/target,sharing=locked \
    cargo build --locked --profile dist --package partnergraph --bin partnergraph \
    && install -D --mode=0755 target/dist/partnergraph /out/partnergraph

FROM debian:${DEBIAN_RELEASE}-slim
# A fixed number, so that a volume's owner and a cluster's `runAsNonRoot` can be checked without the image's user table.
RUN groupadd --system --gid 10001 partnergraph \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin partnergraph \
    && install --directory --owner=10001 --group=10001 --mode=0750 /data
COPY --from=build /out/partnergraph /usr/local/bin/partnergraph
USER 10001:10001
# Where the SQLite file of `demo` and of a small installation goes; mount a volume here to keep it.
WORKDIR /data
# Inside a container the loopback address reaches nobody.
ENV LISTEN=0.0.0.0:8080 \
    LOG_FORMAT=json
EXPOSE 8080
# No HEALTHCHECK: whether /readyz or /livez is the right question depends on who asks. compose.yaml asks /readyz.
ENTRYPOINT ["partnergraph"]
CMD ["serve"]
