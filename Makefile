# idinvert. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
DESTDIR ?=
PROGRAM := .build/release/idinvert
# The program as it is installed: with Swift's libraries inside, so that no Swift has to be there.
SHIPPED := .build/static/release/idinvert

# What the program needs to be built, and what its tests need beside that.
BUILD_PACKAGES := libpng-dev libjpeg-dev libtiff-dev libwebp-dev libheif-dev liblcms2-dev zlib1g-dev libyaml-dev nettle-dev libsystemd-dev pkg-config libopenblas0
TEST_PACKAGES := jq systemd gcc libc6-dev binutils strace
# For the test of the package in a booted machine, which needs root.
ifeq ($(shell id -u),0)
TEST_PACKAGES += systemd-container mmdebstrap lintian acl bindfs sshfs openssh-sftp-server munge slurmctld slurmd slurm-client
endif

.PHONY: build shipped demo test torture fuzz sanitize bench install uninstall deb clean help packages test-packages

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

packages:
	@packaging/install-packages $(BUILD_PACKAGES)

test-packages:
	@packaging/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)

build: packages ## Build .build/release/idinvert.
	@swift build -c release --product idinvert

shipped: packages ## Build the program to be installed, in .build/static.
	@swift build -c release --product idinvert --static-swift-stdlib --scratch-path .build/static

demo: build ## Run the main job on a bundled photograph and show the result.
	@Tests/System/demo $(PROGRAM) demo-output

test: test-packages ## Run every test that fits in ten minutes.
	@Tests/System/run-all

torture: build test-packages ## Kill, starve and flood the service, measure what it costs; takes an hour.
	@Tests/System/torture

fuzz: packages ## Fuzz every parser, FUZZ_SECONDS (30) each, with libFuzzer and AddressSanitizer.
	@Fuzz/run

sanitize: packages ## Run the unit tests under ThreadSanitizer and AddressSanitizer; takes long.
	@Tests/sanitize

bench: build ## Compare with PyTorch at the released sizes, in a throw-away environment; takes half an hour.
	@command -v python3 > /dev/null && python3 -m venv -h > /dev/null 2>&1 || packaging/install-packages python3 python3-venv
	@Benchmarks/run

install: ## Install the program, its model, unit and configuration (as root, after make shipped).
	@packaging/install $(SHIPPED) "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" "$(UNITDIR)"
	@packaging/activate "$(DESTDIR)"

uninstall: ## Remove what install put there; configuration, spool and state stay.
	@packaging/uninstall "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" "$(UNITDIR)"

deb: shipped ## Build a Debian package in packaging/out.
	@packaging/make-deb $(SHIPPED) packaging/out

clean: ## Remove what was built.
	@rm -rf .build demo-output packaging/out
