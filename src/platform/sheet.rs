//! A platform's layer, as far as it is about the platform and not about what projects are made of.
//!
//! Read by `doctor`, which wants to know of one platform in a moment: a layer as a whole, with its questions and files among all others,
//! takes twice as long.

use serde::Deserialize;

use super::Facts;
use crate::template::catalog;

/// The folder of the layers of platforms.
const FOLDER: &str = "platform/";

/// The name of the file that makes a folder a layer.
const DEFINITION: &str = "/layer.toml";

/// What is known of a platform.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// The name of its layer: `aws-lambda`.
    pub(crate) id: String,
    /// Its name for people: `AWS Lambda`.
    pub(crate) title: String,
    /// Its place in lists, lowest first.
    order: i64,
    /// The facts.
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

impl Sheet {
    /// Of the platform with this name; `None` where the program knows none.
    pub(crate) fn of(id: &str) -> Option<Self> {
        let text = catalog::embedded_text(&format!("{FOLDER}{id}{DEFINITION}"))?;
        // The layers of this program parse: a test holds them to it.
        let Text {
            title,
            order,
            facts,
        } = toml_edit::de::from_str(up_to_facts(&text)).ok()?;
        Some(Self {
            id: id.to_owned(),
            title,
            order,
            facts,
        })
    }

    /// Of every platform that the program knows, in the order that they want to be listed in.
    pub(crate) fn all() -> Vec<Self> {
        let mut sheets: Vec<Self> = catalog::embedded_paths()
            .filter_map(|path| {
                let id = path.strip_prefix(FOLDER)?.strip_suffix(DEFINITION)?;
                (!id.contains('/')).then(|| Self::of(id)).flatten()
            })
            .collect();
        sheets.sort_by(|a, b| (a.order, &a.id).cmp(&(b.order, &b.id)));
        sheets
    }
}

/// A layer's text up to the end of its facts. They come first, before all that is about making projects: half of it need not be taken
/// apart.
fn up_to_facts(text: &str) -> &str {
    let mut headers = text
        .match_indices("\n[")
        .filter_map(|(place, _)| text.split_at_checked(place + 1));
    let end = headers.find(|(_, rest)| !rest.trim_start_matches('[').starts_with("facts"));
    end.map_or(text, |(before, _)| before)
}

#[cfg(test)]
mod tests {
    use super::Sheet;
    use crate::platform::Facts;
    use crate::template::catalog::Catalog;

    #[test]
    fn a_sheet_says_what_the_layer_says() {
        let catalog = Catalog::embedded();
        let layers = catalog.platforms().unwrap();
        let sheets = Sheet::all();
        assert_eq!(sheets.len(), layers.len());
        for (sheet, layer) in sheets.iter().zip(layers) {
            assert_eq!(sheet.id, layer.id);
            assert_eq!(sheet.title, layer.title);
            let facts = Facts::of(layer).unwrap();
            assert_eq!(format!("{:?}", sheet.facts), format!("{facts:?}"));
        }
        assert!(Sheet::of("none-such").is_none());
        assert!(Sheet::of("vercel/trigger/http").is_none());
    }
}
