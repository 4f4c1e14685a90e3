#!/bin/sh
# Builds everything; further arguments go to dotnet build, such as -p:TorchBackend=cuda.
set -eu
cd "$(dirname "$0")"
exec dotnet build IGptMl.sln -c Release "$@"
