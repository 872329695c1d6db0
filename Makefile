# Purser's commands; "make help" lists them. Everything is built by Meson: see meson.build and flatpak/build.
SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
id := io.github.purser_app.Purser

.DEFAULT_GOAL := help
.PHONY: help run check check-long check-real bench build deps flatpak format clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

run: build ## build Purser and open it; without a display, take pictures of a tour through it
	@if [[ -n $$WAYLAND_DISPLAY$$DISPLAY ]]; then \
	  flatpak/sdk env GSETTINGS_SCHEMA_DIR="$$PWD/build/data" PURSER_LOCALEDIR="$$PWD/build/po" build/app/purser; \
	else tests/tour/run; fi

check: ## everything that every change must pass, in minutes
	@tests/check

check-long: ## the same with long fuzzing, planted bugs, many kills, soaks
	@tests/check --long

check-real: build ## against real servers and clients
	@tests/real/run

bench: build ## measure, beside a peer where there is one
	@tests/bench/run

build: deps ## the programs, in build/app/
	@flatpak/build build

deps: ## install what building takes (apt), or make a stand-in for the SDK
	@flatpak/deps

flatpak: ## build and install the package against Flathub's runtime
	@command -v flatpak-builder >/dev/null || { echo 'This needs flatpak and flatpak-builder: install them first.' >&2; exit 1; }
	flatpak remote-add --user --if-not-exists flathub https://dl.flathub.org/repo/flathub.flatpakrepo
	flatpak-builder --user --install --install-deps-from=flathub --force-clean --state-dir=build-flatpak/state \
	  build-flatpak/app flatpak/$(id).json
	@echo 'Start it with: flatpak run $(id)'

format: deps ## bring the C code into shape
	@find app tests -name '*.[ch]' -print0 | flatpak/sdk xargs -0 clang-format -i
	@# The one thing clang-format can't be told: these macros have no space before their parenthesis.
	@find app tests -name '*.[ch]' -print0 | xargs -0 sed -i -E 's/\b(_|N_|C_|NC_|g_auto|g_autoptr|g_autolist) \(/\1(/g'

clean: ## remove what was built here (the stand-in stays: flatpak/make-standin says where)
	rm -rf build build-*
