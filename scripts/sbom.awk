# A CycloneDX document of the packages that a program is built from.
#   cargo tree … --prefix none --format '{p}|{l}' | awk -v name=… -v version=… -v time=… -f sbom.awk Cargo.lock -
# Cargo.lock has the checksum of each package from the registry.
FILENAME == "Cargo.lock" {
    if ($1 == "name") package = $3
    if ($1 == "version") release = $3
    if ($1 == "checksum") checksum[unquote(package) " " unquote(release)] = unquote($3)
    next
}

function unquote(text) { gsub(/"/, "", text); return text }

{
    split($0, part, "|")
    split(part[1], word, " ")
    key = word[1] " " substr(word[2], 2)
    if (key == name " " version || key in seen) next
    seen[key] = 1
    license = part[2]
    gsub(/ *\/ */, " OR ", license)
    entry = sprintf("{\"type\":\"library\",\"name\":\"%s\",\"version\":\"%s\"", word[1], substr(word[2], 2))
    # Our own crates are in no registry.
    if (key in checksum) {
        entry = entry sprintf(",\"purl\":\"pkg:cargo/%s@%s\"", word[1], substr(word[2], 2))
        entry = entry sprintf(",\"hashes\":[{\"alg\":\"SHA-256\",\"content\":\"%s\"}]", checksum[key])
    }
    if (license != "") entry = entry sprintf(",\"licenses\":[{\"expression\":\"%s\"}]", license)
    components = components (components == "" ? "" : ",\n") entry "}"
}

END {
    printf "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"version\":1,\"metadata\":{\"timestamp\":\"%s\",", time
    printf "\"component\":{\"type\":\"application\",\"name\":\"%s\",\"version\":\"%s\"}},\n", name, version
    printf "\"components\":[\n%s\n]}\n", components
}
