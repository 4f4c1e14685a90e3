:; exec "$(dirname "$0")/build.sh" "$@" # from a Unix shell
@echo off
rem Builds everything; further arguments go to dotnet build, such as -p:TorchBackend=cuda.
dotnet build "%~dp0IGptMl.sln" -c Release %*
