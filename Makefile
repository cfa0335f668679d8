# What the README and CI call. `make help` lists it.
# Everything that is built lives outside the tree: in MODELPORT_CACHE and in cargo's target folder beside it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export MODELPORT_CACHE ?= $(HOME)/.cache/modelport
export CARGO_TARGET_DIR ?= $(MODELPORT_CACHE)/target
CLUSTER_BIN := $(MODELPORT_CACHE)/cluster/current/bin
export PATH := $(CLUSTER_BIN):$(PATH)
DEBUG := $(CARGO_TARGET_DIR)/debug/modelport
# Linked statically against glibc: the image holds one file and no libc.
TARGET := x86_64-unknown-linux-gnu
RELEASE := $(CARGO_TARGET_DIR)/$(TARGET)/release/modelport
IMAGE_TAR := $(MODELPORT_CACHE)/images/modelport.tar
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
IMAGE := modelport:$(VERSION)
IMAGE_TOOL := $(MODELPORT_CACHE)/bin/modelport-image

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

.PHONY: demo
demo: ## start a Kubernetes here, install Modelport, tell the story (KUBECONFIG=... or CLUSTER=kind: on that one)
	@DEMO_KUBECONFIG='$(if $(filter command,$(firstword $(origin KUBECONFIG))),$(KUBECONFIG))' DEMO_KIND='$(CLUSTER)' tests/demo/demo.sh

.PHONY: stop
stop: ## take the demo away
	@"$(CLUSTER_BIN)/modelport-cluster" down --name demo

.PHONY: test
test: prerequisites ## run every test, the ones on a real Kubernetes included
	@tests/run.sh

.PHONY: quick
quick: ## the tests that need no cluster (the inner loop)
	cargo test

.PHONY: check
check: cargo-deny ## format, lints, generated files, dependencies: what a change must pass
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	@tests/generated.sh
	cargo deny --offline check bans licenses sources

.PHONY: cargo-deny
cargo-deny:
	@cargo deny --version >/dev/null 2>&1 || { echo "cargo-deny is missing; building it takes about 2 min"; env -u CARGO_TARGET_DIR cargo install cargo-deny --locked; }

.PHONY: update
update: ## write the generated files anew: CRDs, chart, manifests, examples, golden files
	cargo build
	@tests/generated.sh --write
	UPDATE_GOLDEN=1 cargo test -q >/dev/null || true
	cargo test -q

.PHONY: bench
bench: ## measure, and write docs/performance.md
	@tests/bench.sh

.PHONY: prerequisites
prerequisites:
	@tests/prerequisites.sh

.PHONY: cluster
cluster: prerequisites ## build the local Kubernetes (first time up to 15 min on two cores)
	@tests/cluster/build.sh

.PHONY: build-prerequisites
build-prerequisites:
	@tests/prerequisites.sh --build

.PHONY: binary
binary: build-prerequisites ## build the operator's static binary (x86-64)
	@RUSTFLAGS="-C target-feature=+crt-static" cargo build --release --target $(TARGET)

.PHONY: image-tool
image-tool: build-prerequisites
	@cd tests/cluster && CGO_ENABLED=0 go build -trimpath -o "$(IMAGE_TOOL)" ./modelport-image

.PHONY: image
image: image-tool binary ## build the operator's image into an OCI tar, without Docker or a cluster
	@IMAGE_TOOL="$(IMAGE_TOOL)" tests/image.sh "$(RELEASE)" "docker.io/library/$(IMAGE)" "$(IMAGE_TAR)"

.PHONY: registry-is-named
registry-is-named:
	@[ -n "$(REGISTRY)" ] || { echo "say where to: make push REGISTRY=registry.example.com/team"; exit 2; }

.PHONY: push
push: registry-is-named image ## push the image, with the login of docker or podman: make push REGISTRY=registry.example.com/team
	@"$(IMAGE_TOOL)" push "$(IMAGE_TAR)" "$(REGISTRY)/$(IMAGE)"
