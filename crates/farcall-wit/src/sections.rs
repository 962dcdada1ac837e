//! Refuses a binary whose sections announce more items than they have bytes, before a parser reserves memory by that number.
//!
//! Looks at the frames of sections alone, of nested modules and components too; what stands in them the parser reads.

/// A section that cannot be: it announces more items than it has bytes, and an item has at least one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a section of {bytes} bytes announces {count} items")]
pub(crate) struct Implausible {
    count: u32,
    bytes: usize,
}

/// Checks every section. Bytes that are no sections are left to the parser, which says what is wrong with them.
/// Linear in the number of sections.
pub(crate) fn plausible(binary: &[u8]) -> Result<(), Implausible> {
    let mut rest = vec![binary];
    while let Some(binary) = rest.pop() {
        let Some((header, mut sections)) = binary.split_first_chunk::<8>() else {
            continue;
        };
        let is_component = header.ends_with(&[1, 0]);
        while let Some((id, after)) = sections.split_first() {
            let Some((size, after)) = leb(after) else { break };
            let Some((section, after)) = usize::try_from(size).ok().and_then(|size| after.split_at_checked(size))
            else {
                break;
            };
            sections = after;
            match (is_component, id) {
                (true, 1 | 4) => rest.push(section),
                (true, 2 | 3 | 5..=8 | 10..=12) | (false, 1..=7 | 9..=11 | 13) => {
                    let bytes = section.len();
                    if let Some((count, _)) = leb(section)
                        && usize::try_from(count).is_ok_and(|count| count > bytes)
                    {
                        return Err(Implausible { count, bytes });
                    }
                }
                // Custom sections, a start function and a count of data hold no row of items.
                _ => {}
            }
        }
    }
    Ok(())
}

fn leb(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((u32::try_from(value).ok()?, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(version: [u8; 4], sections: &[(u8, &[u8])]) -> Vec<u8> {
        let mut binary = [*b"\0asm", version].concat();
        for (id, section) in sections {
            binary.extend([*id, u8::try_from(section.len()).unwrap()]);
            binary.extend_from_slice(section);
        }
        binary
    }

    const MODULE: [u8; 4] = [1, 0, 0, 0];
    const COMPONENT: [u8; 4] = [13, 0, 1, 0];

    #[test]
    fn a_section_that_announces_more_than_it_holds_is_refused_wherever_it_is() {
        let million: &[u8] = &[0xc0, 0x84, 0x3d, 0];
        let error = Implausible {
            count: 1_000_000,
            bytes: 4,
        };
        let module = binary(MODULE, &[(0, &[200, 1, 2]), (7, million)]);
        assert_eq!(plausible(&module), Err(error));
        for inner in [module, binary(COMPONENT, &[(11, million)])] {
            let id = if inner.contains(&13) { 4 } else { 1 };
            assert!(plausible(&binary(COMPONENT, &[(8, &[1, 0]), (id, &inner)])).is_err());
        }
    }

    #[test]
    fn what_holds_no_items_or_ends_early_is_left_to_the_parser() {
        let start = binary(MODULE, &[(8, &[0xff, 0x7f]), (12, &[0xff, 0x7f]), (0, &[0xff, 0x7f])]);
        for binary in [start.as_slice(), b"", b"\0asm", &start[..start.len() - 1], &[0; 40]] {
            assert_eq!(plausible(binary), Ok(()), "{binary:?}");
        }
    }
}
