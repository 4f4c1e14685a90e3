#!/usr/bin/env bash
# Packs all packages into a folder, which NuGet can then use as a source. The tool is packed for this machine, or for the runtime identifiers that follow.
#   eng/pack.sh FOLDER [RUNTIME...]
set -euo pipefail
if [ $# -lt 1 ]; then
  echo "usage: eng/pack.sh FOLDER [RUNTIME...], for example: eng/pack.sh feed linux-x64 win-x64 osx-arm64" >&2
  exit 2
fi

mkdir -p "$1"
feed=$(cd "$1" && pwd)
shift
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
for project in src/Transforms src/Trainers src/Pipelines eng/Metapackage; do
  dotnet pack -c Release "$project" -o "$feed" --tl:off -v quiet
done

runtimes=("$@")
if [ ${#runtimes[@]} -eq 0 ]; then
  runtimes=("$(dotnet --info | sed -n 's/^ *RID: *//p' | head -n 1)")
fi

list=$(IFS=';'; echo "${runtimes[*]}")
dotnet pack -c Release src/Cli -o "$feed" -p:UseCurrentRuntimeIdentifier=false "-p:ToolPackageRuntimeIdentifiers=\"$list\"" --tl:off -v quiet
ls -l "$feed" | awk 'NR > 1 { printf "%-50s %8.2f MB\n", $NF, $5 / 1e6 }'
