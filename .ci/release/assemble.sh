#!/usr/bin/env bash
# assemble.sh REPOSITORY VERSION PROGRAMS OUT: what a release consists of, from the compiled programs.
set -euo pipefail
repository=$1 version=$2 programs=$3 out=$4
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
cp "$programs"/unitune-*-unknown-linux-gnu "$programs"/unitune-*-apple-darwin "$out/"
(cd "$out" && sha256sum unitune-* >SHA256SUMS)
sed "s|@REPOSITORY@|$repository|g" "$here/install.sh" >"$out/install.sh"
formula=$(sed -e "s|@REPOSITORY@|$repository|g" -e "s|@VERSION@|$version|g" "$here/unitune.rb")
while read -r sum file; do
  target=${file#unitune-}
  formula=${formula//@$target@/$sum}
done <"$out/SHA256SUMS"
if grep -Eq '@[A-Za-z0-9_-]+@' <<<"$formula"; then
  echo "Cannot write the formula: a program is missing" >&2
  exit 1
fi
printf '%s\n' "$formula" >"$out/unitune.rb"
