# syntax=docker/dockerfile:1
# For those who have Docker; "make push" builds an image of the same shape without it, for x86-64, linked against
# glibc. This one is linked against musl, for the architecture of the builder; no test runs it.
#   docker build -t modelport:0.1.0 .
# One static binary and the public certificate authorities: no shell, no libc.
FROM rust:1.95-alpine AS build
RUN apk add --no-cache build-base cmake perl ca-certificates
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --bin modelport \
    && cp target/release/modelport /modelport

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /modelport /modelport
USER 65532:65532
ENTRYPOINT ["/modelport"]
