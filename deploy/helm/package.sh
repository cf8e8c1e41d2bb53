#!/bin/sh
# Packages the chart with the rules of deploy/monitoring, which it installs as a PrometheusRule.
# usage: package.sh OUTPUT_FOLDER [HELM]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
output=$1 helm=${2:-helm}
mkdir -p "$output"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$here/pg-ntsb" "$work/"
mkdir -p "$work/pg-ntsb/files/rules"
cp "$here"/../monitoring/prometheus/rules/*.yml "$work/pg-ntsb/files/rules/"
"$helm" package "$work/pg-ntsb" --destination "$output"
