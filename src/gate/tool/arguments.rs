//! How many names fit on one command line.
//!
//! Called by the job. A tool is started once for all its files, and again only where the system would refuse the list.

/// Splits names so that each part fits into this many bytes, each part as long as possible. A name that is too long for any is a
/// part of its own: the system then says so itself.
pub(super) fn parts<T>(names: &[T], room: usize, cost: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let mut parts = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (end, name) in names.iter().enumerate() {
        let cost = cost(name);
        if end > start && used + cost > room {
            parts.push(&names[start..end]);
            (start, used) = (end, 0);
        }
        used += cost;
    }
    if start < names.len() {
        parts.push(&names[start..]);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn every_part_is_as_long_as_fits() {
        let names = [3, 3, 3, 9, 1, 2];
        let split = |room| parts(&names, room, |it| *it);
        assert_eq!(split(100), [&names[..]]);
        assert_eq!(split(9), [&[3, 3, 3][..], &[9], &[1, 2]]);
        assert_eq!(split(2), [&[3][..], &[3], &[3], &[9], &[1], &[2]]);
        assert!(parts(&[0; 0], 5, |it| *it).is_empty());
    }
}
