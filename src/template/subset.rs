//! The lock of some requirements: the part of the pinned closure that they reach, each package under the marker of the ways that
//! lead to it.
//!
//! A walk over the graph: a package is needed where any way from a requirement reaches it, and a way holds where all its edges do.
//! Called through [`Closure::lock`]. It must not resolve: what the closure does not have is said in `unlocked`.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::ops::Bound;
use std::str::FromStr;

use pep440_rs::Version;
use pep508_rs::{MarkerTree, Requirement, VerbatimUrl, VersionOrUrl};

use super::closure::{Closure, PYTHON_FLOOR, Package};
use super::lock::{Lock, Pinned, Source};
use super::unlocked::Unlocked;

/// A place in the graph: a package, or one extra of it.
type Node<'a> = (usize, Option<&'a str>);

/// The walk: where each place is needed, and which places to look at again.
struct Walk<'a> {
    closure: &'a Closure<'a>,
    needed: BTreeMap<Node<'a>, MarkerTree>,
    waiting: VecDeque<Node<'a>>,
    markers: HashMap<&'a str, MarkerTree>,
}

impl Closure<'_> {
    /// The lock of these PEP 508 requirements, for Python 3.11 and later on every platform.
    ///
    /// # Errors
    /// When a requirement cannot be read, or the closure does not satisfy it: then a resolver must.
    pub(crate) fn lock(&self, requirements: &[String]) -> Result<Lock, Unlocked> {
        let mut walk = Walk {
            closure: self,
            needed: BTreeMap::new(),
            waiting: VecDeque::new(),
            markers: HashMap::new(),
        };
        for requirement in requirements {
            walk.start(requirement)?;
        }
        while let Some(node) = walk.waiting.pop_front() {
            walk.visit(node);
        }
        Ok(walk.finish())
    }
}

impl<'a> Walk<'a> {
    /// Checks one requirement of the project and puts what it names in line.
    fn start(&mut self, text: &str) -> Result<(), Unlocked> {
        let requirement = || text.to_owned();
        let parsed =
            Requirement::<VerbatimUrl>::from_str(text).map_err(|error| Unlocked::Invalid {
                requirement: requirement(),
                reason: error.message.to_string(),
            })?;
        if above_floor(parsed.marker.clone()).is_false() {
            return Ok(());
        }
        let range = match &parsed.version_or_url {
            None => None,
            Some(VersionOrUrl::VersionSpecifier(range)) => Some(range),
            Some(VersionOrUrl::Url(_)) => {
                return Err(Unlocked::Address {
                    requirement: requirement(),
                });
            }
        };
        let name = parsed.name.to_string();
        let closure = self.closure;
        if closure.named(&name).next().is_none() {
            return Err(Unlocked::Unknown {
                requirement: requirement(),
                name,
            });
        }
        for (index, package) in closure.named(&name) {
            let marker = self.both(&parsed.marker, package.marker);
            if above_floor(marker.clone()).is_false() {
                continue;
            }
            let fits = |version: Version| range.is_none_or(|it| it.contains(&version));
            if !Version::from_str(package.version).is_ok_and(fits) {
                return Err(Unlocked::OutOfRange {
                    requirement: requirement(),
                    locked: package.version.to_owned(),
                });
            }
            self.reach((index, None), &marker);
            for extra in &parsed.extras {
                let extra = extra.to_string();
                let known = package
                    .needs
                    .iter()
                    .find_map(|need| need.extra.filter(|it| *it == extra));
                let Some(known) = known else {
                    return Err(Unlocked::Extra {
                        requirement: requirement(),
                        extra,
                    });
                };
                self.reach((index, Some(known)), &marker);
            }
        }
        Ok(())
    }

    /// Notes that a place is needed under this marker too; looks at it (again) if that is news.
    fn reach(&mut self, node: Node<'a>, marker: &MarkerTree) {
        let needed = self.needed.entry(node).or_insert(MarkerTree::FALSE);
        let mut wider = needed.clone();
        wider.or(marker.clone());
        // Markers are canonical, and there are finitely many: cycles come to an end.
        if wider != *needed {
            *needed = wider;
            self.waiting.push_back(node);
        }
    }

    /// Follows the edges that leave a place.
    fn visit(&mut self, node: Node<'a>) {
        let Some(here) = self.needed.get(&node).cloned() else {
            return;
        };
        let closure = self.closure;
        let package: &'a Package<'a> = &closure.packages()[node.0];
        for need in package.needs.iter().filter(|it| it.extra == node.1) {
            let edge = self.both(&here, need.marker);
            if edge.is_false() {
                continue;
            }
            for (target, found) in closure.named(need.name) {
                if need.version.is_some_and(|version| version != found.version) {
                    continue;
                }
                let marker = self.both(&edge, found.marker);
                if marker.is_false() {
                    continue;
                }
                self.reach((target, None), &marker);
                for extra in &need.extras {
                    self.reach((target, Some(extra)), &marker);
                }
            }
        }
    }

    /// The packages that are needed anywhere on a supported Python.
    fn finish(self) -> Lock {
        let packages = self.needed.into_iter().filter_map(|(node, marker)| {
            let marker = above_floor(marker);
            if node.1.is_some() || marker.is_false() {
                return None;
            }
            let package = &self.closure.packages()[node.0];
            Some(Pinned {
                name: package.name.to_owned(),
                source: Version::from_str(package.version)
                    .map(Source::Version)
                    .ok()?,
                marker: marker.into(),
                hashes: package.hashes.iter().map(|it| (*it).to_owned()).collect(),
            })
        });
        Lock::new(packages.collect())
    }

    /// Where `marker` and the marker of this text both hold.
    fn both(&mut self, marker: &MarkerTree, text: &'a str) -> MarkerTree {
        if text.is_empty() {
            return marker.clone();
        }
        // The closure's own test reads all its markers; one that cannot be read holds everywhere, which installs too much, never too little.
        let parsed = self
            .markers
            .entry(text)
            .or_insert_with(|| MarkerTree::from_str(text).unwrap_or(MarkerTree::TRUE))
            .clone();
        let mut both = marker.clone();
        both.and(parsed);
        both
    }
}

/// A marker as seen from Python 3.11 and later: what holds on all of those is left out.
fn above_floor(marker: MarkerTree) -> MarkerTree {
    if marker.is_true() {
        return marker;
    }
    let floor = Version::from_str(PYTHON_FLOOR).unwrap_or_else(|_| Version::new([3]));
    marker.simplify_python_versions(Bound::Included(&floor), Bound::Unbounded)
}

#[cfg(test)]
mod tests {
    use super::{Closure, Lock, Unlocked};

    fn lock(closure: &str, requirements: &[&str]) -> Result<Vec<String>, Unlocked> {
        let requirements: Vec<String> = requirements.iter().map(|it| (*it).to_owned()).collect();
        let closure = Closure::parse(closure).unwrap();
        closure.lock(&requirements).map(|lock| lock.constraints())
    }

    #[test]
    fn a_marker_is_the_disjunction_of_the_ways_and_a_way_the_conjunction_of_its_edges() {
        let closure = "\
a 1
- c ; sys_platform == 'win32'

b 1
- c ; sys_platform == 'darwin'
- d ; sys_platform == 'darwin'

c 1
- d ; python_full_version < '3.13'

d 1
";
        assert_eq!(
            lock(closure, &["a"]).unwrap(),
            [
                "a==1",
                "c==1 ; sys_platform == 'win32'",
                "d==1 ; python_full_version < '3.13' and sys_platform == 'win32'",
            ]
        );
        assert_eq!(
            lock(closure, &["a", "b"]).unwrap(),
            [
                "a==1",
                "b==1",
                "c==1 ; sys_platform == 'darwin' or sys_platform == 'win32'",
                "d==1 ; (python_full_version < '3.13' and sys_platform == 'win32') or sys_platform == 'darwin'",
            ]
        );
        assert_eq!(
            lock(closure, &["a ; python_version >= '3.13'"]).unwrap(),
            [
                "a==1 ; python_full_version >= '3.13'",
                "c==1 ; python_full_version >= '3.13' and sys_platform == 'win32'",
            ]
        );
    }

    #[test]
    fn cycles_end_and_pass_every_way_on() {
        let closure = "\
a 1
- b ; sys_platform == 'win32'

b 1
- a
- c

c 1
";
        assert_eq!(
            lock(closure, &["a ; os_name == 'nt'", "b"]).unwrap(),
            ["a==1", "b==1", "c==1"]
        );
        assert_eq!(
            lock(closure, &["a"]).unwrap(),
            [
                "a==1",
                "b==1 ; sys_platform == 'win32'",
                "c==1 ; sys_platform == 'win32'"
            ]
        );
    }

    #[test]
    fn extras_bring_theirs_and_only_when_asked() {
        let closure = "\
a 1
- b[x] ; sys_platform == 'linux'

b 1
+ x c
+ y d

c 1

d 1
";
        assert_eq!(lock(closure, &["b"]).unwrap(), ["b==1"]);
        assert_eq!(lock(closure, &["b[y]"]).unwrap(), ["b==1", "d==1"]);
        assert_eq!(
            lock(closure, &["a", "b"]).unwrap(),
            ["a==1", "b==1", "c==1 ; sys_platform == 'linux'"]
        );
        assert_eq!(
            lock(closure, &["b[z]"]),
            Err(Unlocked::Extra {
                requirement: "b[z]".into(),
                extra: "z".into()
            })
        );
    }

    #[test]
    fn versions_under_disjoint_markers_stay_apart() {
        let closure = "\
a 1
- n==1 ; python_full_version < '3.12'
- n==2 ; python_full_version >= '3.12'

n 1 ; python_full_version < '3.12'

n 2 ; python_full_version >= '3.12'
";
        let both = [
            "n==1 ; python_full_version < '3.12'",
            "n==2 ; python_full_version >= '3.12'",
        ];
        assert_eq!(lock(closure, &["a"]).unwrap()[1..], both);
        assert_eq!(lock(closure, &["N"]).unwrap(), both);
        assert_eq!(
            lock(closure, &["n>=2 ; python_version > '3.12'"]).unwrap(),
            ["n==2 ; python_full_version >= '3.13'"]
        );
        assert_eq!(
            lock(closure, &["n>=2"]),
            Err(Unlocked::OutOfRange {
                requirement: "n>=2".into(),
                locked: "1".into()
            })
        );
    }

    #[test]
    fn what_the_floor_decides_is_left_out() {
        let closure = "\
a 1
- b ; python_full_version < '3.11'
- c ; python_full_version >= '3.8'

b 1

c 1
";
        assert_eq!(lock(closure, &["a"]).unwrap(), ["a==1", "c==1"]);
        assert!(
            lock(closure, &["unheard-of ; python_version < '3'"])
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn it_gives_what_uv_gives_for_the_same_versions() {
        let closure = include_str!("../../tests/fixtures/forks/closure.lock");
        let closure = Closure::parse(closure).unwrap();
        let recorded = include_str!("../../tests/fixtures/forks/locks.txt");
        let mut checked = 0;
        for case in recorded.split("\n\n").skip(1) {
            let (requirements, lines): (Vec<&str>, Vec<&str>) =
                case.trim().lines().partition(|it| it.starts_with("> "));
            let requirements: Vec<String> =
                requirements.iter().map(|it| it[2..].to_owned()).collect();
            let expected = Lock::parse(&lines.join("\n")).unwrap();
            assert_eq!(
                closure.lock(&requirements).unwrap(),
                expected,
                "{requirements:?}"
            );
            checked += 1;
        }
        assert_eq!(checked, 15);
    }

    #[test]
    fn what_the_closure_cannot_lock_is_said() {
        for (requirement, words) in [
            ("b", "`b` is not among the pinned packages"),
            ("a>1", "the pinned version is 1"),
            ("a @ https://example.com/a-1.tar.gz", "names an address"),
            ("a >>", "is no requirement"),
        ] {
            let unlocked = lock("a 1\n", &[requirement]).unwrap_err();
            assert!(unlocked.to_string().contains(words), "{unlocked}");
            assert!(
                unlocked
                    .to_string()
                    .starts_with(&format!("`{requirement}`"))
            );
        }
    }
}
