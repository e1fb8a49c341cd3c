#!/usr/bin/env bash
# LibreOffice 7.4.7.2 (Debian's package; it is not installed here, so a machine without it is passed over): soffice.bin, started
# directly with a profile folder that does not exist yet, ends with status 81 and converts nothing. The same command once more
# converts. 81 means "start me again": the script `soffice` around it does so, unseen. Who calls soffice.bin, so that the process
# that is waited for and ended is the one that works, has to run it twice for each new profile.
# Output seen: first run: status 81, no file; second run: status 0, a PDF
set -euo pipefail
script=$(command -v soffice) || { echo "No soffice on this machine: passed over."; exit 0; }
version=$(soffice --version | awk '{ print $2 }')
[ "$version" = 7.4.7.2 ] || { echo "LibreOffice $version, not 7.4.7.2: passed over."; exit 0; }
program=$(dirname "$(readlink -f "$script")")/soffice.bin
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
echo "Ten titles for the display on local history." > "$work/notes.txt"
convert() {
    timeout 300 "$program" "-env:UserInstallation=file://$work/profile" --headless --convert-to pdf --outdir "$work" "$work/notes.txt" > "$work/said" 2>&1
}
first=0; convert || first=$?
made=$([ -e "$work/notes.pdf" ] && echo yes || echo no)
second=0; convert || second=$?
echo "first run: status $first, file: $made; second run: status $second"
[ "$first" = 81 ] && [ "$made" = no ] && [ "$second" = 0 ] && [ "$(head -c 4 "$work/notes.pdf")" = %PDF ]
