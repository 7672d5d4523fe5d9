//! Pairs as their policies keep them.
