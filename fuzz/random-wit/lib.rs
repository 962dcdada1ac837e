//! Random WIT against the crates that read it. The tests are all there is, but for the noise that they share.

/// Bytes that look random and are the same in every run (xorshift).
pub fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(next).take(1024).flatten().collect()
}
