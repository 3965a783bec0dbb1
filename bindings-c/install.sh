#!/bin/sh
# Builds the C library and lays it into a directory with its headers, a pkg-config file and a CMake
# package. The directory can be moved as a whole.
#
#     bindings-c/install.sh PREFIX [PROFILE]
#
# PROFILE is Cargo's: release, or dev for a library that is quick to build. For GNU/Linux.
set -eu

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
    echo "usage: bindings-c/install.sh PREFIX [PROFILE]" >&2
    exit 2
fi
mkdir -p "$1"
prefix=$(cd "$1" && pwd)
profile=${2:-release}

cd "$(dirname "$0")"
"${CARGO:-cargo}" build --package poundlock-c --profile "$profile"
case $profile in
    dev) built=${CARGO_TARGET_DIR:-../target}/debug ;;
    *) built=${CARGO_TARGET_DIR:-../target}/$profile ;;
esac

header=include/poundlock.h
version=$(sed -n 's/^#define POUNDLOCK_VERSION "\(.*\)"$/\1/p' $header)
abi=$(sed -n 's/^#define POUNDLOCK_ABI_VERSION //p' $header)

# fill FILE DIRECTORY: a file with the versions in their places.
fill() {
    mkdir -p "$2"
    sed -e "s/@VERSION@/$version/" -e "s/@ABI@/$abi/" "$1" >"$2/$(basename "$1" .in)"
}

mkdir -p "$prefix/include" "$prefix/lib"
cp $header include/poundlock.hpp "$prefix/include/"
cp "$built/libpoundlock.a" "$prefix/lib/"
cp "$built/libpoundlock.so" "$prefix/lib/libpoundlock.so.$abi"
ln -sf "libpoundlock.so.$abi" "$prefix/lib/libpoundlock.so"
fill poundlock.pc.in "$prefix/lib/pkgconfig"
fill cmake/poundlock-config.cmake.in "$prefix/lib/cmake/poundlock"
fill cmake/poundlock-config-version.cmake.in "$prefix/lib/cmake/poundlock"
echo "Poundlock $version is in $prefix"
