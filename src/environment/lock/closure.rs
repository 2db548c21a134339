//! Locking from the closure that the program carries: no tool, no network, and the same bytes everywhere.
//!
//! Called first by `lock`. It steps back wherever it would change a version that still fits: only a resolver can say what
//! else goes with that one.

use super::current::Current;
use super::wanted::Wanted;
use crate::template::closure::Closure;
use crate::template::lock::{Lock, Source};

/// What the closure has for each file; `None` where a resolver is needed.
#[derive(Debug, Default)]
pub(super) struct Cuts {
    /// What is deployed.
    pub(super) runtime: Option<Lock>,
    /// The tools.
    pub(super) dev: Option<Lock>,
}

/// Cuts both files, as far as that goes; says of each that it cannot, and why.
pub(super) fn cut(
    closure: &Closure<'_>,
    wanted: &Wanted,
    current: &Current,
    mut why_not: impl FnMut(&str),
) -> Cuts {
    let mut part = |requirements: &[String]| {
        let lock = closure.lock(requirements).map_err(|it| it.to_string());
        let lock = lock.and_then(|it| keeps(&it, wanted, current).map(|()| it));
        lock.map_err(|why| why_not(&why)).ok()
    };
    Cuts {
        runtime: part(&wanted.runtime),
        dev: part(wanted.dev()),
    }
}

/// Whether every version that is locked now and still fits stays.
fn keeps(lock: &Lock, wanted: &Wanted, current: &Current) -> Result<(), String> {
    for name in lock.names() {
        let old: Vec<_> = current.pins().iter().filter(|it| it.name == name).collect();
        let sources = |source: &Source| lock.named(name).any(|it| it.source == *source);
        if let Some(pin) = old
            .iter()
            .find(|it| !sources(&it.source) && wanted.allows(it))
        {
            return Err(format!("`{}` is locked and still fits", pin.requirement()));
        }
        for new in lock.named(name) {
            // The index may have got more files of a version since the closure was made; only asking it tells.
            let more = old.iter().any(|old| {
                old.source == new.source
                    && old.hashes.len() > new.hashes.len()
                    && new.hashes.iter().all(|it| old.hashes.contains(it))
            });
            if more {
                return Err(format!(
                    "`{name}` is locked with more files than are known here"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Closure, Current, Wanted, cut};

    const CLOSURE: &str = "a 2\n- b\n= aa\n= bb\n\nb 2\n= cc\n";

    fn attempt(wanted: &[&str], runtime: &str) -> Result<Vec<String>, String> {
        let closure = Closure::parse(CLOSURE).unwrap();
        let wanted = Wanted {
            runtime: wanted.iter().map(|it| (*it).to_owned()).collect(),
            dev: None,
        };
        let mut why = String::new();
        let cuts = cut(
            &closure,
            &wanted,
            &Current::new(Some(runtime.to_owned()), None),
            |it| it.clone_into(&mut why),
        );
        cuts.runtime.map(|it| it.constraints()).ok_or(why)
    }

    #[test]
    fn a_version_that_still_fits_is_never_changed_without_a_resolver() {
        let both = ["a==2", "b==2"];
        assert_eq!(attempt(&["a"], "").unwrap(), both);
        assert_eq!(attempt(&["a"], "a==2\nb==2\nold==1\n").unwrap(), both);
        assert_eq!(attempt(&["a>=2"], "a==1\n").unwrap(), both);
        assert_eq!(
            attempt(&["a"], "a==1\n").unwrap_err(),
            "`a==1` is locked and still fits"
        );
        assert_eq!(
            attempt(&["a"], "b==3\n").unwrap_err(),
            "`b==3` is locked and still fits"
        );
    }

    #[test]
    fn hashes_that_are_not_known_here_are_left_to_a_resolver_and_edited_ones_are_not() {
        let file = |hashes: &str| format!("a==2{hashes}\n");
        let hash = |it: &str| format!(" --hash=sha256:{it}");
        let more = ["aa", "bb", "dd"].map(hash).concat();
        assert!(attempt(&["a"], &file(&more)).is_err());
        let other = ["aa", "dd"].map(hash).concat();
        assert!(attempt(&["a"], &file(&other)).is_ok());
    }
}
