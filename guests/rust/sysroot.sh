#!/usr/bin/env bash
# sysroot.sh CACHE TARGET...
# Builds the standard library of the rustc on PATH for WebAssembly targets, where rustup cannot download it, from Debian's
# rust-src of the very same version, and prints the path of the sysroot. Needs apt-get and dpkg-deb, installs nothing, needs
# no root and no nightly: 46 MB to download, about a minute of CPU a target, once.
set -euo pipefail
cache=$1
shift
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
version=$(rustc --version | cut -d' ' -f2)
sysroot=$cache/sysroot-$version

missing=()
for target in "$@"; do
  compgen -G "$sysroot/lib/rustlib/$target/lib/libstd-*.rlib" >/dev/null || missing+=("$target")
done
if [ ${#missing[@]} -eq 0 ]; then
  echo "$sysroot"
  exit 0
fi
fail() {
  echo "$*" >&2
  exit 1
}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "neither rustup nor apt-get has a standard library for ${missing[*]}"

# An apt of our own: its lists and sources are in the cache, its mirror is the one this machine uses.
apt=$cache/apt
mkdir -p "$apt"/{lists/partial,cache/archives/partial,packages}
: >"$apt/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
. /etc/os-release
mirror=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' | awk -v release="${VERSION_CODENAME:-}" '$1 == release { print $2; exit }')
[ -n "$mirror" ] || fail "apt has no Debian mirror (run apt-get update once)"
echo "deb [signed-by=$keyring] $mirror trixie-backports main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status"; Dir::Cache "$apt/cache"; APT::Sandbox::User "$(id -un)";
Acquire::Languages "none"; Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
CONF
export APT_CONFIG=$apt/apt.conf
apt-get -qq update >&2
download() {
  (cd "$apt/packages" && rm -f "${1%%=*}"_*.deb && apt-get -qq download "$1" >&2 && ls "$PWD/${1%%=*}"_*.deb)
}

package=$(apt-cache madison rust-src | awk -v version="$version" '$3 ~ "^" version "[+]" { print $3; exit }')
[ -n "$package" ] || fail "Debian has no rust-src of version $version"
sources=$cache/src-$version
if [ ! -d "$sources/std" ]; then
  archive=$(download "rust-src=$package")
  mkdir -p "$sources"
  dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$sources" --strip-components=5 --wildcards './usr/src/rustc-*/library/*'
fi
if [ ! -d "$cache/wasi-libc/usr" ]; then
  archive=$(download wasi-libc)
  dpkg-deb -x "$archive" "$cache/wasi-libc"
fi

echo "building the standard library of rustc $version for ${missing[*]}" >&2
work=$(mktemp -d "$cache/build.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
: >"$work/src/lib.rs"
printf '[package]\nname = "std-build"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[profile.release]\ndebug = 0\n' >"$work/Cargo.toml"
targets=()
for target in "${missing[@]}"; do targets+=(--target "$target"); done
(cd "$work" && unset CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_TARGET && RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT=$sources \
  CARGO_TARGET_DIR=$work/target RUSTFLAGS=-Cembed-bitcode=yes \
  cargo build --quiet --release -Zbuild-std=std,panic_abort "${targets[@]}" >&2)
for target in "${missing[@]}"; do
  libraries=$sysroot/lib/rustlib/$target/lib
  rm -rf "$libraries.new"
  mkdir -p "$libraries.new"
  cp "$work/target/$target/release/deps/"*.rlib "$libraries.new/"
  rm -f "$libraries.new"/libstd_build-*
  case $target in wasm32-wasip[12])
    mkdir "$libraries.new/self-contained"
    cp "$cache/wasi-libc/usr/lib/$target/"{crt1-command.o,crt1-reactor.o,libc.a} "$libraries.new/self-contained/"
    ;;
  esac
  rm -rf "$libraries"
  mv "$libraries.new" "$libraries"
done
echo "$sysroot"
