//! The keys that answers are given by: whether a question has them, and whether it is one of this project.
//!
//! Called by `interview`, before and after the questions. It must not know which values are valid.

use super::question::{self, is_base};
use super::source::{Origin, Sources, nearest, steering, variable_name};
use crate::error::{Error, Result};
use crate::template::catalog::Catalog;
use crate::template::composition::Composition;

/// Refuses keys that no question has; in the environment, which belongs to nobody, one is only warned of.
pub(super) fn check_keys(catalog: &Catalog, sources: &Sources) -> Result<Vec<String>> {
    let mut known: Option<Vec<String>> = None;
    let mut warnings = Vec::new();
    for (key, origin) in sources.keys() {
        if is_base(key) {
            continue;
        }
        // Only a key of a layer's own makes it worth reading them all.
        let known = match &known {
            Some(known) => known,
            None => known.insert(all_keys(catalog)?),
        };
        if known.iter().any(|it| it == key) {
            continue;
        }
        let message = format!("there is no question `{key}` ({})", origin.describe(key));
        let near = nearest(key, known.iter().map(String::as_str));
        if *origin == Origin::Environment {
            warnings.push(match nearest(key, near.into_iter().chain(steering())) {
                Some(near) => format!("{message}; did you mean {}?", variable_name(near)),
                None => message,
            });
            continue;
        }
        let mut error = Error::new(message);
        if let Some(near) = near {
            error = error.hint(format!("did you mean `{near}`?"));
        }
        return Err(error.hint("`scaffold template show` lists the questions of every platform"));
    }
    Ok(warnings)
}

/// Refuses an answer to a question that this project does not have; in a file or the environment, which serve many projects, it is
/// passed over.
pub(super) fn check_belonging(
    catalog: &Catalog,
    sources: &Sources,
    composition: &Composition<'_>,
) -> Result<()> {
    for (key, origin) in sources.keys() {
        let belongs = is_base(key)
            || composition
                .layers()
                .iter()
                .any(|layer| layer.variables.iter().any(|it| it.name == key));
        if belongs || *origin != Origin::Set {
            continue;
        }
        let owner = catalog
            .all()?
            .into_iter()
            .find(|layer| layer.variables.iter().any(|it| it.name == key));
        let folder = owner.map_or("another layer", |layer| &layer.folder);
        let mut error = Error::new(format!(
            "`{key}` (--set {key}) is a question of {folder}, which this project does not use"
        ));
        // A trigger's folder lies in that of its platform.
        let mut parts = folder.split('/');
        if let (Some(kind), Some(id)) = (parts.next(), parts.next())
            && is_base(kind)
        {
            error = error.hint(format!("it goes with --{kind} {id}"));
        }
        let own = composition
            .layers()
            .iter()
            .flat_map(|layer| &layer.variables)
            .map(|it| it.name.as_str());
        return Err(match nearest(key, own) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        });
    }
    Ok(())
}

/// Every key that some project has.
fn all_keys(catalog: &Catalog) -> Result<Vec<String>> {
    let mut keys: Vec<String> = question::ALL.map(|it| it.key.to_owned()).to_vec();
    for layer in catalog.all()? {
        keys.extend(layer.variables.iter().map(|it| it.name.clone()));
    }
    keys.sort();
    keys.dedup();
    Ok(keys)
}
