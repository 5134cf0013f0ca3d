#!/bin/sh
# Installs unitune: downloads the program for this machine, checks its SHA-256, and moves it into place.
#   UNITUNE_VERSION   the version, such as 0.1.0 (default: the latest release)
#   UNITUNE_INSTALL   the folder (default: ~/.local/bin)
#   UNITUNE_RELEASES  where releases are (default: the project's own), for a mirror
set -eu

releases="${UNITUNE_RELEASES:-@REPOSITORY@/releases}"
folder="${UNITUNE_INSTALL:-$HOME/.local/bin}"

fail() {
  echo "Cannot install unitune: $1" >&2
  exit 1
}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-gnu ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-gnu ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  *) fail "there is no program for $(uname -s) on $(uname -m); on Windows use WSL" ;;
esac
command -v curl >/dev/null || fail "curl is missing"
if command -v sha256sum >/dev/null; then sums="sha256sum"
elif command -v shasum >/dev/null; then sums="shasum -a 256"
else fail "neither sha256sum nor shasum is there to check the download"
fi

if [ -n "${UNITUNE_VERSION:-}" ]; then from="$releases/download/v${UNITUNE_VERSION#v}"
else from="$releases/latest/download"
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"
for file in "unitune-$target" SHA256SUMS; do
  curl -fsSL --retry 3 -o "$file" "$from/$file" || fail "$from/$file cannot be downloaded"
done
grep " unitune-$target\$" SHA256SUMS >expected || fail "SHA256SUMS has no line for unitune-$target"
$sums -c expected >/dev/null 2>&1 || fail "the download's SHA-256 is not the one in SHA256SUMS"
chmod 755 "unitune-$target"
mkdir -p "$folder"
mv "unitune-$target" "$folder/unitune"
echo "Installed $("$folder/unitune" --version) as $folder/unitune"
case ":$PATH:" in
  *":$folder:"*) ;;
  *) echo "Add it to the PATH of your shell: export PATH=\"$folder:\$PATH\"" ;;
esac
