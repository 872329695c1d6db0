# shellcheck shell=bash disable=SC2034 # used where it is sourced
# To be sourced: where the stand-in for the Flatpak SDK is, and whether this machine needs one.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
app_id=io.github.purser_app.Purser
manifest=$root/flatpak/$app_id.json

# Outside the checkout, so that every checkout shares it, and a Flatpak installation of its own, so
# that neither the user's runtimes nor a Purser they have installed are ever touched. Exported, as
# the throw-away sessions of the tests have another HOME.
export PURSER_STANDIN=${PURSER_STANDIN:-${XDG_CACHE_HOME:-$HOME/.cache}/purser-standin}
standin_flatpak=$PURSER_STANDIN/flatpak

branch=$(sed -n 's/.*"runtime-version" *: *"\([^"]*\)".*/\1/p' "$manifest")
arch=$(uname -m)

# The folder that becomes /usr. Flatpak's own link to the deployed version.
standin_files=$standin_flatpak/runtime/org.gnome.Sdk/$arch/$branch/active/files

# What meson.build asks for; SQLite is not among it, since Meson builds one where the machine's is too old.
libraries='gtk4 >= 4.18 libadwaita-1 >= 1.7 glib-2.0 >= 2.84 libsoup-3.0 >= 3.6 json-glib-1.0 >= 1.10 libsecret-1 >= 0.21 yaml-0.1
libcurl >= 8.9 libmicrohttpd >= 1.0.0'

machine_suffices() {
  pkg-config --exists "$libraries" 2>/dev/null &&
    printf '%s\n' 1.7 "$(meson --version 2>/dev/null || echo 0)" | sort --version-sort --check=quiet
}
standin_exists() { [[ -x $standin_files/bin/sh ]]; }
