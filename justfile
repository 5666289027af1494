# What is run by hand. CI runs .ci/run.

# The promises
test:
    cargo test --locked

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
