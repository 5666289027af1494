//! Empty until its floor is built.
