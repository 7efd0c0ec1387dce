#!/bin/sh
# Installs the version in this source folder beside those that are there, and makes it the current one:
#
#     deploy/install.sh [PREFIX]
#
# PREFIX/VERSION is made anew with the packages of requirements.txt, and PREFIX/current points to it when all went well.
# PREFIX is /opt/mockexchange unless it is given. PYTHON names another Python (3.11 or newer) than python3, EXTRAS what is
# installed besides the least there is: local,live,deck unless it is given; without the deck, local,live.
set -eu

prefix=${1:-/opt/mockexchange}
python=${PYTHON:-python3}
cd "$(dirname "$0")/.."

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)." >&2
    exit 1
}
version=$("$python" -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
target=$prefix/$version

if [ "$(readlink "$prefix/current" 2>/dev/null || true)" = "$target" ]; then
    # what runs is not taken apart under its feet: the same version again goes into a folder of its own
    target=$target-$(date +%Y%m%d%H%M%S)
fi
mkdir -p "$prefix"
"$python" -m venv --clear "$target"
# a copy of the sources, so that nothing is written into them
sources=$(mktemp -d)
trap 'rm -rf "$sources"' EXIT
cp -R pyproject.toml requirements.txt README.md LICENSE layers functions deck "$sources"
"$target/bin/python" -m pip --quiet --disable-pip-version-check install \
    --constraint requirements.txt "${sources}[${EXTRAS:-local,live,deck}]"
"$target/bin/mockx" version
ln -sfn "$target" "$prefix/current"
echo "Installed mockx $version in $target; $prefix/current points there."
