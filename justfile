# What is run by hand. CI runs .ci/run.

# The promises
test:
    cargo test --locked

# The long promises in full numbers: ends with its figures, status 1 when one falls short. docs/assurance.md keeps the last ones
deep:
    cargo test --release --locked --test deep
    cargo test --release --locked --test deep_claim

# The memory of every command with secrets, searched at eight moments; what is behind `--` picks rows
leaks *ROWS:
    cargo test --locked --test leaks -- {{ROWS}}

# Kills, errors and power failures at every system call that changes a vault; a number takes every so many-th, words pick rows
crashes *ROWS:
    cargo test --locked --test crashes -- {{ROWS}}

# Whether time tells a secret: valgrind (Debian: valgrind) names every branch and address made of one; status 1 at one that timing/declared.supp lacks
timing:
    cp Cargo.lock timing/Cargo.lock
    cargo build --quiet --release --manifest-path timing/Cargo.toml --target-dir target/timing
    valgrind --quiet --read-inline-info=yes --num-callers=24 --error-limit=no --suppressions=timing/declared.supp target/timing/release/strongroom-timing

# A tool of cargo's that is not there is built once, into target/tools
_tool NAME:
    @command -v {{NAME}} >/dev/null || test -x target/tools/bin/{{NAME}} || cargo install --quiet --locked --root target/tools {{NAME}}

# Every reader under libFuzzer for so many seconds each; status 1 when an input trips one, which is kept in fuzz/artifacts
fuzz SECONDS="60": (_tool "cargo-fuzz")
    #!/usr/bin/env bash
    set -euo pipefail
    export RUSTC_BOOTSTRAP=1 PATH="$PATH:$PWD/target/tools/bin"
    cp -n Cargo.lock fuzz/Cargo.lock
    cargo fuzz build readers
    fallen=()
    for parser in $(grep -o '^        name: "[a-z]*"' tests/hostile/parsers.rs | cut -d'"' -f2); do
        mkdir -p "fuzz/corpus/$parser"
        # Writing seeds ends the process, which the engine takes for a fall.
        PARSER=$parser SEEDS=fuzz/corpus/$parser cargo fuzz run readers "fuzz/corpus/$parser" -- -exact_artifact_path=/dev/null 2>/dev/null || true
        # Under the sanitizer a reader takes some ten times as long as the 2 s that `just deep` allows.
        figures="$(PARSER=$parser cargo fuzz run readers "fuzz/corpus/$parser" -- -max_total_time={{SECONDS}} -timeout=20 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 2>&1)" || fallen+=("$parser")
        printf '%-9s %s inputs, %s MiB at most\n' "$parser" "$(grep -o 'number_of_executed_units: *[0-9]*' <<<"$figures" | grep -o '[0-9]*$')" "$(grep -o 'peak_rss_mb: *[0-9]*' <<<"$figures" | grep -o '[0-9]*$')"
    done
    printf '\n%s readers fell: %s\n' "${#fallen[@]}" "${fallen[*]:-none}"
    [ ${#fallen[@]} = 0 ]

# Dependencies against deny.toml: bans, licences, sources; and advisories, where their database can be had
supply: (_tool "cargo-deny")
    PATH="$PATH:$PWD/target/tools/bin" cargo deny --locked check bans licenses sources
    PATH="$PATH:$PWD/target/tools/bin" cargo deny --locked check advisories

# What is inside: the software bill of materials, CycloneDX
sbom: (_tool "cargo-cyclonedx")
    PATH="$PATH:$PWD/target/tools/bin" cargo cyclonedx --format json --target x86_64-unknown-linux-gnu --override-filename strongroom-sbom

# One static file, which rehearses before it counts. Without the second flag a static program would look for a device of randomness,
# and a closed process opens none
static:
    RUSTFLAGS='-C target-feature=+crt-static --cfg getrandom_backend="linux_getrandom"' cargo build --release --locked --target x86_64-unknown-linux-gnu
    ldd target/x86_64-unknown-linux-gnu/release/strongroom 2>&1 | grep -E 'statically linked|not a dynamic executable'
    unshare -rn target/x86_64-unknown-linux-gnu/release/strongroom rehearse

# The same bytes from two folders, by two users, in two time zones, without a network and from vendored sources alone
reproducible:
    #!/usr/bin/env bash
    set -euo pipefail
    out="$(mktemp -d)"
    trap 'rm -rf "$out"' EXIT
    export RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CARGO_INCREMENTAL=0
    toolchain="$(rustc --print sysroot)"
    commit="$(git rev-parse HEAD)"
    built() { # folder, user, time zone
        mkdir -p "$out/$1/own"
        git archive "$commit" | tar -x -C "$out/$1"
        # Not quiet: then it would not say how the sources are found.
        (cd "$out/$1" && mkdir -p .cargo && cargo vendor --locked vendor > .cargo/config.toml 2> own/vendored || { cat own/vendored; exit 1; })
        (cd "$out/$1" && unshare --map-user="$2" --map-group="$2" -n env HOME="$PWD/own" CARGO_HOME="$PWD/own/cargo" TZ="$3" \
            RUSTFLAGS="--remap-path-prefix=$PWD=/strongroom --remap-path-prefix=$toolchain=/toolchain" \
            cargo build --release --frozen --offline --quiet && sha256sum target/release/strongroom)
        if grep -aqF "$out" "$out/$1/target/release/strongroom"; then echo "the program names the folder it was built in"; exit 1; fi
    }
    built one 0 UTC | tee "$out/sums"
    built a/folder/with/another/name 1234 Asia/Tokyo | tee -a "$out/sums"
    [ "$(cut -d' ' -f1 "$out/sums" | uniq | wc -l)" = 1 ]

# What the claim costs at 10 to 10,000 accounts
bench:
    cargo bench --locked --bench claim

# What CI runs
ci:
    .ci/run

# Format and lint
lint:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings

# The whole life of a vault, in memory
rehearse:
    cargo run --release --locked -- rehearse

# The picture in the README
picture:
    rm -rf target/picture && cargo run --release --locked -- rehearse --out target/picture
    pdftoppm -gray -r 45 -png -singlefile target/picture/pages/root-password-1-share-1-*.pdf docs/share-sheet
