#!/bin/sh
# Builds the pages and the reference of the API as a web site in artifacts/site.
set -eu
cd "$(dirname "$0")/.."
dotnet tool restore > /dev/null
dotnet build samples/QuickStart -c Release -v quiet -nologo
rm -rf artifacts/api artifacts/site
dotnet docfx docfx.json --logLevel warning
test -f artifacts/site/README.html
test -f artifacts/site/api/Microsoft.ML.ImageGptCatalog.html
echo "The site is in artifacts/site."
