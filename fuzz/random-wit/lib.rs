//! Random WIT against `farcall-wit`. The tests are all there is.
