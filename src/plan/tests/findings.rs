//! What a plan must keep: the example keeps it all, and each edit breaks one rule.
