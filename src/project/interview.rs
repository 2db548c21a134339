//! From what was given to complete answers: each question in turn, asked of a person where there is one.
//!
//! Called by `cli`, which brings the sources and, on a terminal, the one who asks. It knows the questions that every project
//! has; those of a layer come from the layer. It must not print.

use serde_json::{Map, Value};

use super::answers::Answers;
use super::name::{NameRules, ProjectName};
use super::source::{Origin, Raw, Sources, nearest};
use crate::error::{Error, Result};
use crate::platform::Facts;
use crate::python::version::CEILING;
use crate::template::catalog::Catalog;
use crate::template::closure::{self, Closure};
use crate::template::composition::Composition;
use crate::template::layer::{Kind, Layer};
use crate::template::variable::{Type, Variable};

/// The keys that every project has, beside the variables of its layers.
pub(crate) const KEYS: [&str; 14] = [
    "name",
    "description",
    "author",
    "email",
    "platform",
    "trigger",
    "example",
    "python",
    "docs",
    "ci",
    "editor",
    "hooks",
    "license",
    "year",
];

/// Keys that a file or the environment may have beside the answers: how to build, which leaves no trace in the project.
pub(crate) const SETTINGS: [&str; 1] = ["installer"];

/// The platform where nobody names one.
pub(crate) const DEFAULT_PLATFORM: &str = "vercel";

/// One question, ready to be put to a person.
pub(crate) struct Question<'a> {
    /// What to ask, as a noun: `Platform`.
    pub(crate) title: String,
    /// A line of help; may be empty.
    pub(crate) help: String,
    /// What Enter means.
    pub(crate) default: String,
    /// The values to pick from; empty where any text may do.
    pub(crate) choices: Vec<Choice>,
    /// What is wrong with a text, in a sentence; a value that works may follow.
    pub(crate) check: &'a dyn Fn(&str) -> std::result::Result<(), String>,
}

/// A value to pick.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The value.
    pub(crate) id: String,
    /// What it means.
    pub(crate) label: String,
}

/// One who can be asked.
pub(crate) trait Person {
    /// The text that they answer with; already checked.
    ///
    /// # Errors
    /// When they interrupt.
    fn ask(&mut self, question: &Question<'_>) -> Result<String>;
}

/// What the machine and the command line say before anything is asked.
pub(crate) struct Surroundings<'a> {
    /// The name taken from the path, where `--name` does not say otherwise.
    pub(crate) name: Option<String>,
    /// The default Python of a platform on this machine.
    pub(crate) default_python: &'a dyn Fn(&Facts) -> String,
    /// The year, for the licence.
    pub(crate) year: i64,
}

/// Complete answers, with what was read on the way.
#[derive(Debug)]
pub(crate) struct Interviewed<'a> {
    /// The answers.
    pub(crate) answers: Answers,
    /// The layers that they choose.
    pub(crate) composition: Composition<'a>,
    /// The facts of the platform.
    pub(crate) facts: Facts,
    /// Whether the platform was nobody's choice.
    pub(crate) platform_by_default: bool,
    /// What was passed over.
    pub(crate) warnings: Vec<String>,
}

/// Answers every question from `sources`, from `person` where there is one, else with its default.
///
/// # Errors
/// When a source gives a key that does not exist or a value that is not valid: the key, the value, where it was said, what is
/// allowed, and the nearest that is.
pub(crate) fn interview<'a>(
    catalog: &'a Catalog,
    sources: &'a Sources,
    surroundings: &Surroundings<'_>,
    person: Option<&mut dyn Person>,
) -> Result<Interviewed<'a>> {
    let mut session = Session {
        catalog,
        sources,
        person,
    };
    let warnings = check_keys(catalog, sources)?;
    let platform = session.layer(Kind::Platform, None, DEFAULT_PLATFORM)?;
    let facts = Facts::of(platform)?;
    let trigger = session.layer(Kind::Trigger, Some(&platform.id), "http")?;
    let example = session.layer(Kind::Example, None, "hello")?;
    let python = session.python(&facts, platform, (surroundings.default_python)(&facts))?;
    let docs = session.layer(Kind::Docs, None, "mkdocs")?;
    let ci = session.layer(Kind::Ci, None, "github")?;
    let editor = session.layer(Kind::Editor, None, "vscode")?;
    let hooks = session.layer(Kind::Hooks, None, "scaffold")?;
    let license = session.layer(Kind::License, None, "mit")?;
    let mut layers = vec![
        catalog.layer(Kind::Base, "base", None)?,
        platform,
        trigger,
        example,
        docs,
        ci,
        editor,
        hooks,
        license,
    ];
    layers.extend(catalog.layers(Kind::Tool, None)?);
    let composition = Composition::new(layers);
    let rules = name_rules(catalog, platform, &facts, &composition, &python)?;
    let name = session.name(surroundings.name.as_deref(), &rules)?;
    let description = session.text(
        "description",
        "Description",
        "One line for pyproject.toml and the documentation.",
        || format!("A Python function on {}.", platform.title),
    )?;
    let author = session.text(
        "author",
        "Author",
        "For pyproject.toml and the licence; may be empty.",
        String::new,
    )?;
    let email = session.email(&author)?;
    let year = match sources.get("year") {
        Some((raw, origin)) => raw
            .to_string()
            .parse::<i64>()
            .ok()
            .filter(|year| (1970..=9999).contains(year))
            .ok_or_else(|| wrong("year", raw, origin, "is not a year", None))?,
        None => surroundings.year,
    };
    let mut variables = Map::new();
    for layer in composition.layers() {
        for variable in &layer.variables {
            variables.insert(variable.name.clone(), session.variable(variable)?);
        }
    }
    check_belonging(catalog, sources, &composition)?;
    Ok(Interviewed {
        answers: Answers {
            name: name.name().to_owned(),
            package: name.package().to_owned(),
            description,
            author,
            email,
            platform: platform.id.clone(),
            trigger: trigger.id.clone(),
            example: example.id.clone(),
            python,
            docs: docs.id.clone(),
            ci: ci.id.clone(),
            editor: editor.id.clone(),
            hooks: hooks.id.clone(),
            license: license.id.clone(),
            year,
            variables,
        },
        composition,
        facts,
        platform_by_default: sources.get("platform").is_none() && session.person.is_none(),
        warnings,
    })
}

/// What the name gate holds a name to: everything that any layer of the catalog may bring is taken, not only what this project
/// needs today.
pub(super) fn name_rules(
    catalog: &Catalog,
    platform: &Layer,
    facts: &Facts,
    composition: &Composition<'_>,
    python: &str,
) -> Result<NameRules> {
    let text = catalog.text(closure::FILE)?;
    let closure = Closure::parse(&text)?;
    let requirements = [
        composition.requirements("requirements"),
        composition.requirements("dev_requirements"),
    ]
    .concat();
    NameRules::new(python.parse().unwrap_or(CEILING))
        .beside(closure.packages().iter().map(|package| package.name))
        .beside(&requirements)
        .on(
            &platform.title,
            &facts.reserved_names,
            facts.name_max,
            facts.name_pattern.as_deref(),
        )
        .map_err(|error| {
            Error::new(format!(
                "the pattern for names in the layer `{}` is malformed",
                platform.id
            ))
            .caused_by(error)
        })
}

/// The state of one interview.
struct Session<'a, 'p> {
    catalog: &'a Catalog,
    sources: &'a Sources,
    person: Option<&'p mut dyn Person>,
}

impl<'a> Session<'a, '_> {
    /// The layer of a kind that the answers choose.
    fn layer(&mut self, kind: Kind, platform: Option<&str>, usual: &str) -> Result<&'a Layer> {
        let key = kind.name();
        // An id by its letters, and nobody to be asked: the other layers need not be read.
        let given = self.sources.get(key);
        if self.person.is_none() || given.is_some_and(|(_, origin)| origin.is_answer()) {
            let id = given.map_or_else(|| usual.to_owned(), |(raw, _)| raw.to_string());
            if self.catalog.ids(kind, platform).contains(&id) {
                return self.catalog.layer(kind, &id, platform);
            }
        }
        let layers = self.catalog.layers(kind, platform)?;
        let find = |text: &str| {
            let text = text.trim().to_lowercase();
            layers
                .iter()
                .find(|it| it.id == text || it.aliases.contains(&text))
                .copied()
        };
        let names = || layers.iter().map(|it| it.id.as_str());
        let allowed = names().collect::<Vec<_>>().join(", ");
        let mut default = names()
            .find(|id| *id == usual)
            .or_else(|| names().next())
            .unwrap_or_default();
        if let Some((raw, origin)) = self.sources.get(key) {
            let text = raw.to_string();
            let layer = find(&text).ok_or_else(|| {
                let near = nearest(
                    &text,
                    layers.iter().flat_map(|it| {
                        std::iter::once(it.id.as_str()).chain(it.aliases.iter().map(String::as_str))
                    }),
                );
                wrong(key, raw, origin, &format!("is not one of {allowed}"), near)
            })?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(layer);
            }
            default = &layer.id;
        }
        let Some(person) = self.person.as_mut().filter(|_| layers.len() > 1) else {
            return find(default).ok_or_else(|| Error::new(format!("the template has no {key}")));
        };
        let text = person.ask(&Question {
            title: title_of(key),
            help: String::new(),
            default: default.to_owned(),
            choices: layers
                .iter()
                .map(|it| Choice {
                    id: it.id.clone(),
                    label: label(it),
                })
                .collect(),
            check: &|text| {
                find(text)
                    .map(drop)
                    .ok_or_else(|| format!("is not one of {allowed}"))
            },
        })?;
        find(&text).ok_or_else(|| Error::new(format!("{key} `{text}` is not one of {allowed}")))
    }

    /// The version of Python, one that the platform runs.
    fn python(&mut self, facts: &Facts, platform: &Layer, default: String) -> Result<String> {
        let versions: Vec<&str> = facts.python.iter().map(|it| it.version.as_str()).collect();
        let allowed = versions.join(", ");
        let reason = format!("is not a Python that {} runs: {allowed}", platform.title);
        if let Some((raw, origin)) = self.sources.get("python") {
            let text = raw.to_string();
            // `3.12.4` asks for 3.12 as far as a platform is concerned.
            let minor = text
                .trim()
                .splitn(3, '.')
                .take(2)
                .collect::<Vec<_>>()
                .join(".");
            if !versions.contains(&minor.as_str()) {
                return Err(wrong("python", raw, origin, &reason, None));
            }
            if origin.is_answer() || self.person.is_none() {
                return Ok(minor);
            }
        }
        let Some(person) = self.person.as_mut() else {
            return Ok(default);
        };
        person.ask(&Question {
            title: title_of("python"),
            help: String::new(),
            default,
            choices: facts
                .python
                .iter()
                .rev()
                .map(|it| Choice {
                    id: it.version.clone(),
                    label: match &it.deprecated {
                        Some(day) => format!("{} (until {day})", it.version),
                        None => it.version.clone(),
                    },
                })
                .collect(),
            check: &|text| {
                if versions.contains(&text) {
                    Ok(())
                } else {
                    Err(reason.clone())
                }
            },
        })
    }

    /// The project's name, through the name gate.
    fn name(&mut self, from_path: Option<&str>, rules: &NameRules) -> Result<ProjectName> {
        let given = self
            .sources
            .get("name")
            .map(|(raw, origin)| (raw.to_string(), origin.describe("name")));
        if let Some((text, place)) =
            given.or_else(|| from_path.map(|text| (text.to_owned(), "PATH".to_owned())))
        {
            return ProjectName::check(&text, rules).map_err(|refused| {
                let flag = if place == "PATH" { "" } else { "--name " };
                let error = Error::new(refused.to_string());
                match refused.suggestion() {
                    Some(name) => error.hint(format!("a name that works: {flag}{name}")),
                    None => error,
                }
            });
        }
        let Some(person) = self.person.as_mut() else {
            return Err(Error::new("no name for the project")
                .hint("say where to make it: scaffold new my-function"));
        };
        let check = |text: &str| {
            ProjectName::check(text, rules).map_err(|refused| match refused.suggestion() {
                Some(name) => format!("{refused}; `{name}` works"),
                None => refused.to_string(),
            })
        };
        let text = person.ask(&Question {
            title: title_of("name"),
            help: "The folder to make, and the name of the package in it.".to_owned(),
            default: "hello".to_owned(),
            choices: Vec::new(),
            check: &|text| check(text).map(drop),
        })?;
        check(&text).map_err(Error::new)
    }

    /// A line of free text.
    fn text(
        &mut self,
        key: &str,
        title: &str,
        help: &str,
        usual: impl FnOnce() -> String,
    ) -> Result<String> {
        self.line(key, title, help, usual, &check_line)
    }

    fn email(&mut self, author: &str) -> Result<String> {
        // An address without a name is no author.
        if author.is_empty()
            && self
                .sources
                .get("email")
                .is_none_or(|(_, origin)| !origin.is_answer())
        {
            return Ok(String::new());
        }
        self.line("email", "Email", "May be empty.", String::new, &|text| {
            let parts: Vec<&str> = text.split('@').collect();
            let is_address = matches!(parts[..], [local, domain] if !local.is_empty() && !domain.is_empty())
                && !text.contains(char::is_whitespace);
            if text.is_empty() || is_address {
                check_line(text)
            } else {
                Err("is not an address such as ada@example.com".to_owned())
            }
        })
    }

    fn line(
        &mut self,
        key: &str,
        title: &str,
        help: &str,
        usual: impl FnOnce() -> String,
        check: &dyn Fn(&str) -> std::result::Result<(), String>,
    ) -> Result<String> {
        let mut default = None;
        if let Some((raw, origin)) = self.sources.get(key) {
            let text = raw.to_string().trim().to_owned();
            check(&text).map_err(|reason| wrong(key, raw, origin, &reason, None))?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(text);
            }
            default = Some(text);
        }
        let default = default.unwrap_or_else(usual);
        match self.person.as_mut() {
            Some(person) => person
                .ask(&Question {
                    title: title.to_owned(),
                    help: help.to_owned(),
                    default,
                    choices: Vec::new(),
                    check,
                })
                .map(|text| text.trim().to_owned()),
            None => Ok(default),
        }
    }

    /// The value of a layer's variable.
    fn variable(&mut self, variable: &Variable) -> Result<Value> {
        let key = variable.name.as_str();
        let mut default = variable.default.clone();
        if let Some((raw, origin)) = self.sources.get(key) {
            let value = match raw {
                Raw::Text(text) => variable.parse(text),
                Raw::Value(value) => variable.check(value).map(|()| value.clone()),
            }
            .map_err(|reason| {
                let near = nearest(
                    &raw.to_string(),
                    variable.choices.iter().map(String::as_str),
                );
                wrong(key, raw, origin, &reason, near)
            })?;
            if origin.is_answer() || self.person.is_none() {
                return Ok(value);
            }
            default = value;
        }
        let Some(person) = self.person.as_mut().filter(|_| variable.prompt) else {
            return Ok(default);
        };
        let text = person.ask(&Question {
            title: title_of(key),
            help: variable.help.clone(),
            default: match &default {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(items) => {
                    let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    items.join(", ")
                }
                other => other.to_string(),
            },
            choices: if variable.kind == Type::Choice {
                let same = |it: &String| Choice {
                    id: it.clone(),
                    label: it.clone(),
                };
                variable.choices.iter().map(same).collect()
            } else {
                Vec::new()
            },
            check: &|text| variable.parse(text).map(drop),
        })?;
        variable
            .parse(&text)
            .map_err(|reason| Error::new(format!("{key} `{text}` {reason}")))
    }
}

/// Refuses keys that no question has; in the environment, which belongs to nobody, one is only warned of.
fn check_keys(catalog: &Catalog, sources: &Sources) -> Result<Vec<String>> {
    let mut known: Option<Vec<String>> = None;
    let mut warnings = Vec::new();
    for (key, origin) in sources.keys() {
        if KEYS.contains(&key) || SETTINGS.contains(&key) {
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
        if *origin == Origin::Environment {
            warnings.push(message);
            continue;
        }
        let mut error = Error::new(message);
        if let Some(near) = nearest(key, known.iter().map(String::as_str)) {
            error = error.hint(format!("did you mean `{near}`?"));
        }
        return Err(error.hint("`scaffold template show` lists the questions of every platform"));
    }
    Ok(warnings)
}

/// Refuses an answer to a question that this project does not have; in a file or the environment, which serve many projects, it is
/// passed over.
fn check_belonging(
    catalog: &Catalog,
    sources: &Sources,
    composition: &Composition<'_>,
) -> Result<()> {
    for (key, origin) in sources.keys() {
        let belongs = KEYS.contains(&key)
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
            .find(|layer| layer.variables.iter().any(|it| it.name == key))
            .map_or_else(|| "another layer".to_owned(), |layer| layer.title.clone());
        let error = Error::new(format!(
            "`{key}` (--set {key}) is a question of {owner}, which this project does not use"
        ));
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
pub(crate) fn all_keys(catalog: &Catalog) -> Result<Vec<String>> {
    let mut keys: Vec<String> = KEYS.map(str::to_owned).to_vec();
    for layer in catalog.all()? {
        keys.extend(layer.variables.iter().map(|it| it.name.clone()));
    }
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// The error for an answer that is not valid.
fn wrong(key: &str, raw: &Raw, origin: &Origin, reason: &str, near: Option<&str>) -> Error {
    let raw: String = raw.to_string().chars().flat_map(printable).collect();
    let error = Error::new(format!("{key} `{raw}` ({}) {reason}", origin.describe(key)));
    match near {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// A character as it may reach a terminal.
fn printable(character: char) -> Vec<char> {
    if character.is_control() {
        character.escape_default().collect()
    } else {
        vec![character]
    }
}

fn check_line(text: &str) -> std::result::Result<(), String> {
    if text.chars().any(char::is_control) {
        return Err("has a control character or a line break".to_owned());
    }
    if text.chars().count() > 300 {
        return Err("is longer than 300 characters".to_owned());
    }
    Ok(())
}

/// A key as a person reads it.
fn title_of(key: &str) -> String {
    match key {
        "ci" => "CI".to_owned(),
        "name" => "Project name".to_owned(),
        "docs" => "Documentation".to_owned(),
        _ => {
            let words = key.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        }
    }
}

fn label(layer: &Layer) -> String {
    if layer.summary.is_empty() {
        layer.title.clone()
    } else {
        format!("{}: {}", layer.title, layer.summary)
    }
}
