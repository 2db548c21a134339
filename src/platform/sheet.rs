//! A platform's layer, as far as it is about the platform and not about what projects are made of.
//!
//! Read by `doctor`, which wants to know of one platform in a moment: a layer as a whole, with its questions and files among all others,
//! takes twice as long.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Facts, Keys, Mark};
use crate::template::catalog;

/// The folder of the layers of platforms.
const FOLDER: &str = "platform/";

/// The name of the file that makes a folder a layer.
const DEFINITION: &str = "/layer.toml";

/// The lists of keys in a layer.
const KEYS: &str = "facts.keys";

/// What is known of a platform.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The name of its layer: `aws-lambda`.
    pub(crate) id: String,
    /// Its name for people: `AWS Lambda`.
    pub(crate) title: String,
    /// Its place in lists, lowest first.
    order: i64,
    /// The facts, without the long lists of keys: [`keys`] reads them.
    pub(crate) facts: Facts,
}

/// What of `layer.toml` counts here.
#[derive(Deserialize)]
struct Text {
    title: String,
    #[serde(default)]
    order: i64,
    facts: Facts,
}

/// What of it tells a project that is for the platform.
#[derive(Deserialize)]
struct Signs {
    facts: Marks,
}

#[derive(Deserialize)]
struct Marks {
    marks: Vec<Mark>,
}

/// What of it says which keys there are.
#[derive(Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    facts: Lists,
}

#[derive(Default, Deserialize)]
struct Lists {
    #[serde(default)]
    keys: Vec<Keys>,
}

impl Sheet {
    /// Of the platform with this name; `None` where the program knows none.
    pub(crate) fn of(id: &str) -> Option<Self> {
        let text = text(id)?;
        // What a layer begins with, then its facts; not what projects are made of.
        let is_fact = |it: &str| is_headed(it, "facts") && !is_headed(it, KEYS);
        let parts = parts(&text).filter(|it| !it.starts_with('[') || is_fact(it));
        // The layers of this program parse: a test holds them to it.
        let Text {
            title,
            order,
            facts,
        } = toml_edit::de::from_str(&parts.collect::<String>()).ok()?;
        Some(Self {
            id: id.to_owned(),
            title,
            order,
            facts,
        })
    }

    /// Those of the platforms that a project is for, each with what tells that, in the order that they want to be listed in.
    pub(crate) fn marked<T>(tells: impl Fn(&Mark) -> Option<T>) -> Vec<(Self, T)> {
        let has_any = |id: &String| marks(id)?.iter().find_map(&tells);
        let mut marked: Vec<(Self, T)> = ids()
            .filter(|id| has_any(id).is_some())
            .filter_map(|id| {
                let sheet = Self::of(&id)?;
                let told = sheet.facts.marks.iter().find_map(&tells)?;
                Some((sheet, told))
            })
            .collect();
        marked.sort_by(|(a, _), (b, _)| (a.order, &a.id).cmp(&(b.order, &b.id)));
        marked
    }
}

/// The keys that a platform knows in its files of configuration: as long as all else that is known of it, and asked for once.
pub(crate) fn keys(id: &str) -> Vec<Keys> {
    let text = text(id).unwrap_or_default();
    let parts = parts(&text).filter(|it| is_headed(it, KEYS));
    let read = toml_edit::de::from_str(&parts.collect::<String>());
    read.map(|it: Configuration| it.facts.keys)
        .unwrap_or_default()
}

/// The names of all platforms.
fn ids() -> impl Iterator<Item = String> {
    catalog::embedded_paths().filter_map(|path| {
        let id = path.strip_prefix(FOLDER)?.strip_suffix(DEFINITION)?;
        (!id.contains('/')).then(|| id.to_owned())
    })
}

/// The marks of a platform: read by themselves, as most projects have none of most platforms.
fn marks(id: &str) -> Option<Vec<Mark>> {
    let text = text(id)?;
    let parts = parts(&text).filter(|it| is_headed(it, "facts.marks"));
    let signs: Signs = toml_edit::de::from_str(&parts.collect::<String>()).ok()?;
    Some(signs.facts.marks)
}

fn text(id: &str) -> Option<Cow<'static, str>> {
    catalog::embedded_text(&format!("{FOLDER}{id}{DEFINITION}"))
}

/// A layer's text in parts: what comes before the first header, then each header with what follows it. In layers, nothing else begins a line
/// with a bracket.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest?;
        let (part, behind) = match whole.find("\n[") {
            Some(end) => {
                let (part, behind) = whole.split_at_checked(end + 1)?;
                (part, Some(behind))
            }
            None => (whole, None),
        };
        rest = behind;
        Some(part)
    })
}

/// Whether a part is one of the table or list of this name, or of what is below it.
fn is_headed(part: &str, name: &str) -> bool {
    part.starts_with('[') && part.trim_start_matches('[').starts_with(name)
}

#[cfg(test)]
mod tests {
    use super::{Sheet, ids, keys, marks};
    use crate::platform::Facts;
    use crate::template::catalog::Catalog;

    #[test]
    fn a_sheet_says_what_the_layer_says() {
        let catalog = Catalog::embedded();
        let layers = catalog.platforms().unwrap();
        assert_eq!(ids().count(), layers.len());
        let all = Sheet::marked(|_| Some(()));
        assert_eq!(all.len(), layers.len());
        for ((sheet, ()), layer) in all.iter().zip(layers) {
            assert_eq!(sheet.id, layer.id);
            assert_eq!(sheet.title, layer.title);
            let mut facts = Facts::of(layer).unwrap();
            let all = std::mem::take(&mut facts.keys);
            assert_eq!(format!("{:?}", keys(&layer.id)), format!("{all:?}"));
            assert_eq!(format!("{:?}", sheet.facts), format!("{facts:?}"));
            let marks = marks(&layer.id).unwrap();
            assert_eq!(format!("{marks:?}"), format!("{:?}", facts.marks));
        }
        assert!(Sheet::of("none-such").is_none());
        assert!(Sheet::of("vercel/trigger/http").is_none());
    }
}
