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
